# Comments as their readers and writers see them, and what is kept about people.

# The thread.
talk-heading = { $count ->
    [0] Comments
    [one] { $count } comment
   *[other] { $count } comments
 }
talk-pick = { $count ->
    [0] Comments
    [one] { $count } comment
   *[other] { $count } comments
 }
talk-write = Write a comment
talk-none = Nobody has written here yet.
talk-team = Team
talk-edited = edited
talk-removed = Comment removed
talk-reply = Reply
talk-reply-to = Reply to { $name }
talk-by-other = Writer removed
talk-more = { $count ->
    [one] See { $count } more answer
   *[other] See { $count } more answers
 }
talk-older = Older comments
talk-newest = Back to the newest
talk-all = All comments
talk-branch-heading = The exchange goes on
talk-closed-episode = The comments of this episode are closed.
talk-closed-post = The comments on this post are closed.
talk-back-episode = Back to the episode
talk-about-post = a post
talk-back-post = Back to the post
talk-page-heading = Comments on “{ $title }”
talk-feed = Comments: { $title }
talk-feed-by = { $name }, on “{ $title }”

# The form.
talk-form-heading = Leave a comment
talk-form-reply = Reply to { $name }
talk-form-private = Your e-mail address will not be published. Required fields are marked with *
talk-form-required = Required fields are marked with *
talk-field-body = Comment
talk-field-name = Name
talk-field-email = E-mail address
talk-field-email-hint = Private: the moderators see it, nobody else.
talk-field-url = Website (optional)
talk-field-trap = Leave this field empty
talk-remember = Keep my name and address on this device for my next comment.
talk-send-link = Send me the link to change or delete this comment by e-mail.
talk-publish = Publish the comment
talk-first-read = A first message is read before it appears.
talk-form-kept = What we keep about your comment
talk-you-write-as = You write as
talk-forget = Not you? Forget this name
talk-reply-cancel = Stop replying
talk-send-failed = It could not be sent. Your text is still here; try again.
talk-sending = Sending…

# The look before it is sent.
talk-preview-heading = Read it before you publish
talk-preview-text = Your comment is not sent yet. This is how it will read.
talk-change = Change

# The writer's own page.
talk-own-heading = Your comment
talk-own-held = Waiting
talk-own-held-text = Somebody of the team will read it before it appears. Come back to this page to see how it stands.
talk-own-visible = Visible
talk-own-visible-text = Everybody can read it.
talk-own-removed = Removed
talk-own-removed-text = The moderators did not publish it, or took it off.
talk-own-deleted = Deleted
talk-own-deleted-text = You deleted it. Its text is no longer here.
talk-own-see = See it on its page
talk-own-link = Your link
talk-own-link-text = Keep this address: it alone lets you change or delete your comment. Give it to nobody.
talk-own-edit = Change the text
talk-own-save = Save
talk-own-delete = Delete
talk-own-delete-text = Deleting is final. Answers of others stay, under the words “Comment removed”.
talk-own-delete-sure = Yes, delete this comment for good
talk-own-said-sent = Thank you, your comment is kept.
talk-own-said-edited = Your text is saved.
talk-own-said-deleted = Your comment is deleted.
talk-own-mailed = The link also leaves by e-mail.
talk-forgot = This device no longer keeps your name or your address.

# Mails.
mail-comment-link-subject = Your comment on { $title }
mail-comment-link-body =
    Here is the link you asked for. It shows how your comment on “{ $title }” stands, and lets you change or delete it:

    { $page }

    Keep it to yourself: whoever has it can do the same.
mail-comment-erase-subject = Erasing your comments
mail-comment-erase-body =
    Somebody asked on { $site } to erase the comments written with this address.

    This link works for 24 hours and shows what would go before anything does:

    { $page }

# What is kept about people.
privacy-heading = What we keep about your visit
privacy-lede = This page says all that this site keeps about you, why and for how long. Nothing goes to third parties.
privacy-how-long = For how long:
privacy-visit = Reading a page
privacy-visit-kept = A figure per page and hour, with the class of the site you come from. So that one reading is not counted twice: a salted digest of your network (/64 in IPv6), your browser and the page.
privacy-visit-long = The salt of a day is destroyed at the end of the next; after that there are only figures.
privacy-listen = Listening to an episode
privacy-listen-kept = How many bytes went out and when, under a salted digest of your network (/64 in IPv6), your app and the episode. No IP address, no identifier.
privacy-listen-long = The salt of a day is destroyed at the end of the next; after that there are only figures.
privacy-comment = Writing a comment
privacy-comment-kept = Your name, your site and your text, which everybody reads. Your e-mail address, encrypted, which only the moderators can read. To recognise floods: a digest of your network.
privacy-comment-long = The comment: until you erase it. The address: a year. The digest of the network: { $days } days.
privacy-link = Asking for the link by e-mail
privacy-link-kept = Nothing beyond the comment: your address stays encrypted until the mail leaves.
privacy-link-long = Until the mail has left.
privacy-sign-in = Signing in
privacy-sign-in-kept = Your e-mail address and your name; for each session, what the browser calls itself, so that you recognise it.
privacy-sign-in-long = The account: while it exists. A session: { $days } days after its last use.
privacy-cookies = Cookies
privacy-cookies-text = None before a choice of yours. There are two:
privacy-cookie-session = { $name }: your session, if you sign in. It goes when you sign out, and after { $days } days at the latest.
privacy-cookie-commenter = { $name }: your name and address, encrypted, if you tick “Keep my name and address”. It lasts a year; the button “Forget this name” of the form removes it.
privacy-limits = Against abuse the server counts in memory, without writing it down, what one network does within a day at most.
privacy-erase = Erase my comments
privacy-erase-text = Enter the address you wrote with. We send a link there, valid for 24 hours, that shows what would go.
privacy-erase-field = E-mail address of your comments
privacy-erase-send = Send me the link
privacy-erase-said = If comments were written with this address, a message arrives there within minutes.
privacy-erasing = Erase your comments
privacy-erasing-count = { $count ->
    [one] { $count } comment was written with your address.
   *[other] { $count } comments were written with your address.
 }
privacy-erasing-none = No comment carries your address any more.
privacy-erasing-choice = What should go?
privacy-erasing-identity = My identity only
privacy-erasing-identity-hint = Your address, name and site go; your texts stay, without a name.
privacy-erasing-all = My identity and my texts
privacy-erasing-all-hint = Where others answered, the words “Comment removed” stay.
privacy-erasing-do = Erase now
privacy-erasing-done = Done: nothing here carries your address any more.
privacy-erasing-final = Erasing is immediate and final.


# The API.
api-group-comments = Comments
api-op-list-comments = Gives the visible comments of an episode, newest first
api-op-say-comment = Writes a comment in the name of the token’s person
api-op-edit-comment = Changes the text of one of one's own comments
api-op-delete-comment = Deletes one of one's own comments
