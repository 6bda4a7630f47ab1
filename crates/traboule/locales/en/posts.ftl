# Posts: writing, reading, history, links.

# A post, wherever it stands.
post-by = Post by { $name }
post-comments = { $count ->
    [0] Comment
    [one] { $count } comment
   *[other] { $count } comments
 }
post-reshare = Reshare
post-reshare-undo = Undo reshare
post-quote = Quote
post-passed-on = { $count ->
    [one] passed on once
   *[other] passed on { $count } times
 }
post-more = More to do with the post by { $name }
post-edit = Edit
post-edited = edited
post-delete = Delete
post-remove = Remove as a moderator
post-reshared-by = Reshared by
post-quoted-deleted = The quoted post was deleted by its author.
post-quoted-removed = The quoted post was removed by moderators.
post-quoted-hidden = What was quoted is no longer there.
post-quoted-more = See the whole post
