# The moderators' queue, its rules, its mails and its part of the API.

moderation-heading = Comments
moderation-tabs = Comments by state
moderation-tab-held = Waiting
moderation-tab-visible = Visible
moderation-tab-spam = Spam
moderation-tab-removed = Removed
moderation-state-held = waiting
moderation-state-visible = visible
moderation-state-spam = spam
moderation-state-removed = removed
moderation-state-deleted = deleted by its writer
moderation-search = Words of the text or the name
moderation-bulk = Several at once
moderation-all = { $count ->
    [one] The one on this page
   *[other] All { $count } on this page
 }
moderation-picked = what is selected
moderation-select = Select the comment of { $who }
moderation-verb-approve = Approve
moderation-verb-spam = Spam
moderation-verb-remove = Remove
moderation-verb-hold = Back to waiting
moderation-kind-guest = guest
moderation-kind-member = member
moderation-kind-team = team
moderation-known = had a comment approved before
moderation-unknown = first comment
moderation-erased = identity erased
moderation-edited = changed by its writer
moderation-site = Site:
moderation-about = About
moderation-only = only this episode
moderation-same-email = { $count ->
    [one] One more comment from the same address
   *[other] { $count } more comments from the same address
 }
moderation-same-network = { $count ->
    [one] One more comment from the same network within thirty days
   *[other] { $count } more comments from the same network within thirty days
 }
moderation-reason-first = Held: this person’s first comment
moderation-reason-every = Held: every comment waits here
moderation-reason-copies = The same text was said elsewhere within a day
moderation-reason-blocked-word = Holds a word of your list
moderation-reason-links = Holds a link
moderation-reason-many-links = Holds many links
moderation-reason-short-link = Holds a shortened link that hides where it leads
moderation-reason-bare-link = Is hardly more than a link
moderation-reason-link-markup = Holds links written as code
moderation-reason-html = Holds HTML
moderation-reason-contact = Asks to be contacted elsewhere
moderation-reason-phrase = Holds a phrase usual in spam
moderation-reason-trade-name = Names a trade that lives on such comments
moderation-reason-name-link = The name is a link or an advertisement
moderation-reason-mixed-letters = Mixes letters of several scripts inside words
moderation-reason-shouting = Is written in capitals
moderation-reason-repetition = Repeats itself
moderation-reason-odd-ending = Links to a domain ending common in spam
moderation-reason-blank-praise = Praise that would fit anywhere
moderation-reason-money = Speaks of easy money
moderation-reply = Answer as the team
moderation-reply-text = Your answer
moderation-reply-hint = It appears at once under your name; the comment is approved with it.
moderation-reply-send = Approve and answer
moderation-erase = Erase the writer
moderation-erase-text = Name, site and address of this comment are deleted for good. The thread keeps its shape. This cannot be undone.
moderation-erase-sure = I know that this cannot be undone
moderation-erase-identity = Erase the identity, keep the text
moderation-erase-everything = Erase the text too
moderation-thread-counts = { $visible } visible, { $waiting } waiting.
moderation-thread-open = New comments are taken, as far as the rules let them.
moderation-thread-closed = Closed: nobody outside the team can say anything new.
moderation-close = Close the thread
moderation-open = Open the thread
moderation-undo = Undo
moderation-done-approve = { $count ->
    [0] Nothing changed.
    [one] { $count } comment approved.
   *[other] { $count } comments approved.
 }
moderation-done-spam = { $count ->
    [0] Nothing changed.
    [one] { $count } comment marked as spam.
   *[other] { $count } comments marked as spam.
 }
moderation-done-remove = { $count ->
    [0] Nothing changed.
    [one] { $count } comment removed.
   *[other] { $count } comments removed.
 }
moderation-done-hold = { $count ->
    [0] Nothing changed.
    [one] { $count } comment put back to waiting.
   *[other] { $count } comments put back to waiting.
 }
moderation-done-undone = { $count ->
    [one] Undone: { $count } comment stands as before.
   *[other] Undone: { $count } comments stand as before.
 }
moderation-done-answered = Approved and answered.
moderation-done-erased = Erased.
moderation-done-closed = The thread is closed.
moderation-done-opened = The thread is open.
moderation-left = Left alone, because they changed since:
moderation-left-line = { $who } ({ $state }): { $words }
moderation-none-held = Nothing waits
moderation-none-visible = No visible comment
moderation-none-spam = No spam
moderation-none-removed = Nothing was removed
moderation-none-text-held = What needs a look appears here.
moderation-none-text-visible = Approved comments appear here.
moderation-none-text-spam = What the rules or you marked as spam appears here.
moderation-none-text-removed = What you remove appears here and can be brought back.
moderation-none-filtered = No comment of this kind fits what you look for.
moderation-keys-on = Keyboard shortcuts
moderation-keys-list = List of keys
moderation-keys = Keys
moderation-keys-close = Close
moderation-key-next = next comment
moderation-key-previous = previous comment
moderation-key-approve = approve
moderation-key-spam = spam
moderation-key-remove = remove
moderation-key-undo = undo the last action
moderation-key-select = select or unselect
moderation-key-search = search
moderation-key-list = this list
moderation-js-lost = That did not arrive. The page is loaded again.
moderation-js-wait = One moment…

moderation-settings = Rules for comments
moderation-moved = Somebody changed one of these comments a moment ago. Nothing was changed: look again.
moderation-settings-moved = Somebody saved other rules meanwhile. Save again to replace theirs by what stands here.
moderation-settings-saved = The rules are saved.
moderation-hold = Which comments wait
moderation-hold-first = The first of each person
moderation-hold-first-hint = Once you approve one, the next ones of the same person appear at once, unless something else about them is odd.
moderation-hold-every = All of them
moderation-hold-every-hint = Nothing appears before you approve it.
moderation-hold-none = Only what looks odd
moderation-hold-none-hint = Comments appear at once. What trips a rule still waits, and plain spam is sorted out.
moderation-days = Close threads after (days)
moderation-days-hint = Counted from the publication of the episode. Empty: threads stay open.
moderation-links = Most links in a comment
moderation-links-hint = A comment with more of them waits.
moderation-words = Words that make a comment wait
moderation-words-hint = One word or phrase per line. Case and accents do not matter; whole words only, in the text or the name.
moderation-notify = Mails to moderators
moderation-notify-off = None
moderation-notify-off-hint = You look at the queue when you like.
moderation-notify-hourly = As they come
moderation-notify-hourly-hint = Five minutes after the first one that waits, at most one mail an hour. Owners get it only where nobody is a moderator.
moderation-notify-daily = Once a day
moderation-notify-daily-hint = In the morning, at 6:00 universal time, if something new waits.
moderation-save = Save
moderation-try = Try the words
moderation-tried = { $count ->
    [0] There is no comment yet to try the words on.
   *[other] Of the last { $count } comments, these words would have held { $held }. Nothing is saved yet.
 }

moderation-col-comments = Comments
moderation-count = { $count ->
    [one] { $count } comment
   *[other] { $count } comments
 }
moderation-count-waiting = { $count ->
    [one] { $count } waiting
   *[other] { $count } waiting
 }

mail-comments-waiting-subject = { $count }
mail-comments-waiting-body =
    { $count }

    { $lines }

    The queue: { $page }
mail-comments-waiting-count = { $count ->
    [one] { $count } comment waits for you
   *[other] { $count } comments wait for you
 }
mail-comments-waiting-line = - { $who }, on “{ $about }”: { $words }

webhook-event-comment-held = Comment waiting
webhook-event-comment-visible = Comment visible

refusal-comment-erase = Nothing was erased.

api-group-moderation = Moderating comments
api-op-list-all-comments = Lists the comments of the organisation in every state, newest first, with addresses; for moderators
api-op-approve-comment = Makes a comment visible
api-op-spam-comment = Marks a comment as spam
api-op-remove-comment = Removes a comment
api-op-hold-comment = Puts a comment back to waiting
api-op-undo-comment-decision = Undoes a decision where nothing changed since
api-op-read-comment-settings = Gives the rules for comments
api-op-set-comment-settings = Changes the rules for comments
api-who-moderator = token of a moderator
