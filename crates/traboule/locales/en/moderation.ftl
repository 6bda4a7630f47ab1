# The queue of comments

moderation-heading = Comments
moderation-settings = Rules
moderation-states = States
moderation-orgs = Organisations
moderation-state-held = Waiting
moderation-state-visible = Visible
moderation-state-spam = Spam
moderation-state-removed = Removed
moderation-search = Search texts and names
moderation-show = Show
moderation-all-shows = All
moderation-find = Search
moderation-kind-guest = Guest
moderation-kind-member = Member
moderation-kind-team = Team
moderation-known = Approved before
moderation-unknown = First comment
moderation-edited = edited
moderation-erased = Identity erased
moderation-same-email = { $count ->
    [one] Another comment from the same address.
   *[other] { $count } other comments from the same address.
}
moderation-same-network = { $count ->
    [one] Another comment from the same network within thirty days.
   *[other] { $count } other comments from the same network within thirty days.
}
moderation-why = Why it waits:
moderation-verb-approve = Approve
moderation-verb-spam = Spam
moderation-verb-remove = Remove
moderation-verb-hold = Back to waiting
moderation-answer = Answer
moderation-answer-text = The team’s answer
moderation-answer-hint = The comment is approved with the answer.
moderation-answer-send = Publish the answer
moderation-thread = Thread
moderation-thread-close = Close the thread
moderation-thread-open = Open the thread again
moderation-erase = Erase
moderation-erase-sure = This cannot be undone. The thread keeps its shape.
moderation-erase-identity = Erase the identity
moderation-erase-text = Erase identity and text
moderation-pick = Pick the comment by { $name }
moderation-all = Pick all
moderation-many = For those picked:
moderation-undo = Undo
moderation-said-approve = { $count ->
    [one] One comment approved.
   *[other] { $count } comments approved.
}
moderation-said-hold = { $count ->
    [one] One comment waits again.
   *[other] { $count } comments wait again.
}
moderation-said-spam = { $count ->
    [one] One comment is spam.
   *[other] { $count } comments are spam.
}
moderation-said-remove = { $count ->
    [one] One comment removed.
   *[other] { $count } comments removed.
}
moderation-said-undone = { $count ->
    [one] Undone for one comment.
   *[other] Undone for { $count } comments.
}
moderation-said-answered = The answer is published.
moderation-said-opened = The thread is open again.
moderation-said-closed = The thread is closed.
moderation-said-erased = It is erased.
moderation-said-saved = The rules are saved.
moderation-left = { $count ->
    [one] Another one did not change.
   *[other] { $count } others did not change.
}
moderation-none-held = Nothing waits
moderation-none-visible = No visible comment
moderation-none-spam = No spam
moderation-none-removed = Nothing was removed
moderation-none-found = Nothing matches
moderation-none-text = Comments arrive here as soon as somebody writes under an episode.
moderation-keys = Keys
moderation-key-move = Next, previous
moderation-key-pick = Pick
moderation-keys-on = Switch keys on
moderation-keys-off = Switch keys off
moderation-failed = Sending failed, trying again.
moderation-hold = What waits
moderation-hold-hint = What the rules find suspicious always waits.
moderation-hold-first = The first comment of a person
moderation-hold-every = Every comment
moderation-hold-none = Only what is suspicious
moderation-links = Links allowed
moderation-links-hint = A comment with more waits.
moderation-days = Close threads after
moderation-days-hint = In days after publication. Empty: never.
moderation-words = Held words
moderation-words-hint = One a line, whatever the accents and the case. A comment with one of them waits.
moderation-notify = Tell moderators
moderation-notify-hint = The mail counts what waits; no address stands in it.
moderation-notify-off = Never
moderation-notify-hourly = At most once an hour
moderation-notify-daily = Once a day
moderation-save = Save
moderation-try = Try the words
moderation-back = Back to the queue
moderation-tried = Of the last { $of } comments these words would have held { $would }.

mail-comments-waiting-subject = { $count } comments wait
mail-comments-waiting-body =
    Hello { $name },

    { $count } comments wait for a moderator. The newest:

    { $lines }

    The queue: { $page }

    You get this mail because you moderate comments. The rules of the queue can stop it.
