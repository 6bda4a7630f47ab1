# Posts: writing, reading, history, links.

# A post, wherever it stands.
post-by = By { $name }
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
post-quoted-muted = This is from somebody you muted.
post-quoted-show = Show it
post-quoted-hidden = What was quoted is no longer there.
post-quoted-more = See the whole post

# Its own page.
post-title = { $name }: “{ $words }”
post-title-plain = Post by { $name }
post-undo = Undo
post-passed-heading = Passed on
post-said-posted = Posted.
post-said-edited = Your change is saved. The former text stays readable in the history.
post-said-reshared = You reshared this post.
post-said-unshared = You no longer reshare this post.
post-said-restored = The post is visible again.
post-said-removed = The post is removed.
post-said-deleted = The post is deleted.
post-deleted = This post was deleted by its author.
post-removed = This post was removed by moderators.
post-removed-own = Moderators removed your post. Here it is seen only by those who may change it.
post-removed-team = This post is removed: only its author and moderators see it.
post-preparing = This post is being prepared: only you see it.
post-restore = Restore

# Writing.
post-new = Write a post
post-new-quote = Quote
post-new-edit = Edit the post
post-publish = Post
post-save = Save
post-as = You post as
post-field-voice = Post as
post-field-voice-hint = When a show or an organisation posts, the name of the person who writes is not shown.
post-field-text = Text
post-field-text-hint = { $most } characters at most. Links, @names and #tags become links, nothing else is formatted.
post-field-lang = Language of the text
post-field-picture = Add pictures
post-field-picture-hint = { $room ->
    [one] JPEG or PNG, room for { $room } more. The place and device written in the file are erased.
   *[other] JPEG or PNG, room for { $room } more. The place and device written in the files are erased.
 }
post-field-alt = Description of picture { $number }
post-field-alt-hint = What is to be seen on it, for those who do not see it. Required.
post-pictures = Pictures
post-pictures-none = No picture.
post-pictures-fixed = The pictures of a post no longer change; their descriptions may.
post-picture-add = Send the pictures
post-picture-drop = Take picture { $number } out
post-count = { $left } characters left
post-you-quote = You quote:
post-look = Preview
post-look-button = Preview
post-look-text = Nothing is posted yet.
post-unknown = { $count ->
    [one] Nobody is called { $names } here: it will stay plain text.
   *[other] Nobody is called { $names } here: they will stay plain words.
 }
post-theirs = The post was edited meanwhile. This is what it says now; your text is kept below.
post-not-member = To post you first need a public name.
post-not-member-text = You are signed in, but you have no profile yet.
post-not-member-go = Choose my public name
post-langs-fr = French
post-langs-en = English

# History.
post-history = History of the post
post-history-text = Everything this post said stays readable, from what it says now back to the first version.
post-history-now = Now, since
post-history-before = Until
post-history-no-words = No text.
post-history-captions = Captions in “{ $lang }”:
post-history-captions-none = There were none.
post-history-alt = Picture { $number }: { $alt }

# Deleting and taking away.
post-delete-heading = Delete this post?
post-delete-text = The text, the pictures and former versions are erased. The comments are no longer shown. Where it is quoted, people will read that it was deleted. This is final.
post-delete-reshare-text = You will no longer reshare it. The post itself is not touched.
post-remove-button = Remove
post-remove-heading = Remove this post?
post-remove-text = Nobody but its author and moderators will see it. The author is told. You can restore it.

# The author's list.
post-mine = Your posts
post-mine-none = Nothing yet
post-mine-none-text = What you post will be listed here, even what is no longer public.
post-state-preparing = Being prepared
post-state-preparing-text = Nobody else sees it yet.
post-state-removed = Removed
post-state-removed-text = Moderators removed it. Only you still see it.

# Other networks.
post-elsewhere = Elsewhere
post-elsewhere-none = Instagram and Facebook: not connected.
post-elsewhere-more = Read more
post-elsewhere-heading = Post elsewhere too
post-elsewhere-text = A post can be prepared for accounts on other networks. Nothing goes there unless you tick it.
post-elsewhere-off = Not connected
post-elsewhere-off-text = This server cannot talk to this network yet. Nothing is sent there.
post-elsewhere-on = Connected
post-elsewhere-on-text = You can tick this account when you post: { $names }.

# What its author is told.
notices-removed = Moderators removed your post
notices-removed-one = Moderators removed your post

# What a team is told.
notices-team-post = Moderators removed a post by { $who }
notices-team-post-one = Moderators removed a post by { $who }
notices-team-comment = Moderators removed a comment of your team, written by { $who }
notices-team-comment-one = Moderators removed a comment of your team, written by { $who }

# Refusals.
field-elsewhere-other = This account is linked with another name than the one that posts.
field-alt-required = Describe this picture in a few words.
field-too-many-images = Four pictures at most.
field-quote-words = Add a few words: passing on without words has no pictures.
field-picture-lost = A picture sent long ago is no longer there. Choose it again.
field-voice-not-yours = You cannot post under this name.
field-language = Choose a language.
refusal-too-many-posts = You posted a lot. Wait a little before going on.
refusal-too-many-pictures = You sent many pictures. Wait a little before going on.
refusal-not-editable = This post cannot be edited.
refusal-quoted-gone = What you wanted to pass on is no longer there.
refusal-frozen = This cannot be answered or passed on for now.

# The API.
api-group-posts = Posts
api-op-list-posts = Lists public posts, newest first
api-op-read-post = A post
api-op-write-post = Writes a post in one’s own name or in that of a show or an organisation
api-op-send-post-picture = Sends a picture for a post to come
api-op-edit-post = Changes the text and the picture descriptions of a post
api-op-delete-post = Deletes a post
