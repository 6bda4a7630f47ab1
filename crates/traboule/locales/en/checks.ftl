# Checks, proofs, approvals, webhooks.

# The linter.
checks-heading = Checks
checks-now = Check now
checks-none = Nothing to report.
checks-colon = { ":" }
checks-level-error = error
checks-level-warning = warning
checks-source-apple = Apple
checks-source-rss = RSS
checks-source-podcasting2 = Podcasting 2.0
checks-source-wcag = accessibility
checks-source-house = house
checks-field-title = Title
checks-field-summary = Summary
checks-field-notes_md = Notes
checks-field-number = Number
checks-field-season = Season
checks-field-guid = Identifier
checks-field-cover = Cover
checks-field-cover_alt = Text of the cover
checks-field-credits = People
checks-field-audio = Sound
checks-field-transcript = Transcript
checks-field-chapters = Chapters
checks-field-sources = Sources
checks-field-approval = Client approval
checks-field-show = Show
field-lint-title-missing = The title is missing.
field-lint-title-long = The title has { $count } characters; at most { $most }.
field-lint-title-cut = The title has { $count } characters; apps cut it at about { $most }.
field-lint-title-spaces = The title has superfluous spaces.
field-lint-title-number = The title repeats the episode’s number, which apps show already.
field-lint-title-twice = Another episode of the show has the same title.
field-lint-language-missing = There is no text in the language of the show.
field-lint-description-missing = A summary or notes are missing.
field-lint-description-long = Without a summary the notes ({ $bytes } bytes) are cut at { $most } in the feed. Add a summary.
field-lint-summary-repeats = The summary repeats the title.
field-lint-link-text = The link “{ $text }” does not say where it leads.
field-lint-notes-picture = A picture in the notes has no alternative text.
field-lint-number-missing = A serial show needs a number for each episode.
field-lint-number-zero = Zero is no episode number for Apple.
field-lint-number-twice = Another episode of the season has this number.
field-lint-season-zero = Zero is no season for Apple.
field-lint-guid-empty = The episode’s identifier is empty.
field-lint-guid-link = The identifier claims to be an address and is none.
field-lint-guid-odd = The identifier is very long or has spaces; some readers will misread it.
field-lint-cover-size = The cover is { $width } × { $height }; Apple asks for a side of 1400 to 3000 pixels.
field-lint-cover-shape = The cover is { $width } × { $height }; it should be square.
field-lint-cover-type = The cover should be a JPEG or a PNG.
field-lint-cover-alt = The text that says what the cover shows is missing.
field-lint-role-unknown = The role “{ $role }” of { $who } is not on the podcast list; the person is left out of the feed.
field-lint-audio-missing = The sound is missing.
field-lint-audio-type = Apple does not read the type “{ $mime }”.
field-lint-audio-length = The size of the file is not known. Send the sound again.
field-lint-audio-length-unknown = The host of the sound does not say its size.
field-lint-audio-address = The address of the sound is no web address in plain characters.
field-lint-audio-http = The sound is not on HTTPS.
field-lint-audio-extension = The address of the sound ends in “.{ $extension }”, which contradicts its type.
field-lint-audio-nameless = The address of the sound does not end in a known extension.
field-lint-audio-twice = Another episode names the same file; Apple keeps one only.
field-lint-audio-same = Another episode has exactly the same sound.
field-lint-duration-missing = The duration is not known.
field-lint-transcript-missing = The transcript is missing.
field-lint-transcript-unread = Nobody has read through a transcript yet.
field-lint-transcript-beyond = A transcript goes on after the end of the sound; is it the right one?
field-lint-chapters-order = The chapters are not in order.
field-lint-chapter-beyond = { $count ->
    [one] One chapter starts after the end of the sound: { $which }.
   *[other] { $count } chapters start after the end of the sound: { $which }.
}
field-lint-chapter-first = The first chapter does not start at zero.
field-lint-chapter-title = { $count ->
    [one] One chapter has no title: { $which }.
   *[other] { $count } chapters have no title: { $which }.
}
field-lint-chapter-source = { $count ->
    [one] One chapter has no source: { $which }.
   *[other] { $count } chapters have no source: { $which }.
}
field-lint-source-dead = The source “{ $title }” does not answer any more: { $url }
field-lint-source-text = A source is named by its address; give it a title: { $url }
field-lint-approval-missing = No client has approved yet.
field-lint-approval-outdated = Approved at version { $approved }, changed since (version { $now }).
field-lint-approval-changes = { $who } asked for changes.
field-lint-show-description = The show has no description.
field-lint-show-description-long = The show’s description is { $bytes } bytes; it is cut at { $most }.
field-lint-show-title-long = The show’s title is very long.
field-lint-show-author = The show does not say who makes it.
field-lint-show-language = The show’s language is not known.
field-lint-show-cover = The show has no cover; directories refuse it without one.
field-lint-show-cover-size = The show’s cover is { $width } × { $height }; Apple asks for a square of 1400 to 3000 pixels.
field-lint-show-cover-type = The show’s cover should be a JPEG or a PNG.
field-lint-show-category = The show has no category.
field-lint-show-category-unknown = The category “{ $name }” is not on Apple’s list.
field-lint-show-guid = The podcast’s identifier is no UUID.
field-lint-show-medium = The medium “{ $medium }” is not known.
field-lint-show-funding = A funding link is malformed, or its text is longer than 128 characters.
field-lint-show-txt = A “txt” record is empty or too long.
field-lint-show-rrule = The update rule is no RFC 5545 rule.
field-lint-show-moved = The feed’s new address is not on HTTPS.

# Evening check and proof.
proof-heading = Before and after publication
proof-evening = Evening check
proof-proof = Proof of publication
proof-verdict-ok = all is well
proof-verdict-warnings = warnings
proof-verdict-failed = to be mended
evening-sound = The sound is whole in the store.
evening-sound-bad = The sound is missing in the store, or not whole. Send it again.
proof-page = The public page shows the title.
proof-page-bad = The public page does not answer as it should: { $why }
proof-page-title-bad = The public page does not show the title.
proof-feed = The feed holds the episode.
proof-feed-bad = The feed does not answer as it should: { $why }
proof-feed-guid-bad = The feed does not hold the episode’s identifier.
proof-feed-enclosure-bad = The feed does not hold the address of the sound.
proof-feed-unchanged = The feed can say that it has not changed (304).
proof-feed-unchanged-bad = The feed cannot say that it has not changed (304).
proof-sound = The sound answers with the right size.
proof-sound-bad = The sound does not answer as it should: { $why }
proof-sound-none-bad = The episode has no sound.
proof-sound-length-bad = The sound does not announce the right size.
proof-range = The sound can be heard from any place (206).
proof-range-bad = The sound is not sent in pieces: { $why }

# Approval.
approval-tab = Approval
approval-label = For whom
approval-label-hint = For example the client’s name. They see it too.
approval-days = Days
approval-days-hint = At most 30 days.
approval-made = Link for { $who }
approval-once = Copy it now; it will not be shown again. Whoever has this link sees the draft and can answer.
approval-link = Link
approval-mail = Write an e-mail
approval-mail-text = Text to send
approval-mail-subject = To hear before publication: { $title }
approval-mail-body =
    Hello,

    here is “{ $title }” as it will be published. You can listen, comment and approve here, without an account:

    { $url }

    The link works until { $ends }.
approval-state = State
approval-notes = Answers
approval-none-heading = No answer yet
approval-none-text = What clients write will appear here.
approval-by-link = By the link of { $who }.
approval-links = Links
approval-links-none = No link yet.
approval-new = New link
approval-make = Make the link
approval-ends = Ends:
approval-revoke = Revoke
approval-made-by = Made on { $when } by { $who }
approval-link-works = works
approval-link-over = expired
approval-link-revoked = revoked
approval-version = version { $version }
approval-kind-comment = comment
approval-kind-approved = approved
approval-kind-changes = changes asked
approval-standing-none = No decision about version { $now }
approval-standing-approved = Approved: version { $seen }
approval-standing-outdated = Approved version { $seen }, now version { $now }
approval-standing-changes = { $who } asks for changes to version { $seen }
approval-said-revoked = The link works no more.
approve-intro = Preview for { $who }; this episode may not be public. The link works until { $ends }.
approve-heading = Your answer
approve-go = Answer
approve-name = Your name
approve-text = Your message
approve-text-hint = Optional when you approve.
approve-yes = Approve version { $version }
approve-changes = Ask for changes
approve-comment = Comment only
approve-kept = Your name, your message and the version seen are kept and shown to the editors.
approve-said = Said before by this link
approve-said-approved = Thank you. Your approval is recorded.
approve-said-changes = Thank you. Your request is passed on.
approve-said-comment = Thank you. Your message is passed on.

# Webhooks.
webhook-heading = Webhooks
webhook-text = The server tells one of your programs by a signed request.
webhook-new = New webhook
webhook-url = Address
webhook-url-hint = Begins with “https://”.
webhook-events = Events
webhook-add = Add
webhook-secret = Signing secret
webhook-secret-once = Copy it now; it will not be shown again.
webhook-secret-overlap = The old one still signs for 24 hours.
webhook-copy = Copy the secret
webhook-copied = The secret is copied.
webhook-list = Addresses
webhook-test = Send a test
webhook-pause = Pause
webhook-resume = Resume
webhook-rotate = Replace the secret
webhook-delete = Delete
webhook-delete-sure = The address and the list of its messages go.
webhook-none-heading = No webhook
webhook-none-text = Add the address of a program to tell.
webhook-deliveries = Messages
webhook-col-event = Event
webhook-col-state = State
webhook-col-when = Last try
webhook-resend = Send again
webhook-event-episode-published = Episode published
webhook-event-episode-updated = Public episode changed
webhook-event-episode-unpublished = Episode taken off
webhook-event-approval-answered = Client’s answer
webhook-event-webhook-test = Test
webhook-state-works = works
webhook-state-paused = paused
webhook-state-gone = paused: the receiver answered 410
webhook-message-waiting = waiting
webhook-message-delivered = received
webhook-message-failed = failed
webhook-answer = answer { $status }
webhook-trouble-paused = paused meanwhile
webhook-trouble-refused = address refused
webhook-trouble-unreachable = no answer
webhook-trouble-gone = receiver gone
webhook-attempts = { $count ->
    [one] { $count } try
   *[other] { $count } tries
}
webhook-said-test = The test is on its way.
webhook-said-paused = The webhook is paused.
webhook-said-resumed = The webhook works again.
webhook-said-deleted = The webhook is deleted.
webhook-said-resent = The message is on its way again.

# Refusals and fields.
refusal-approval-too-many = Too many links work at the same time. Revoke some first.
refusal-approval-changed = The episode changed since you opened this page. Look at today’s version, then answer.
refusal-approval-full = This link has had too many answers.
refusal-webhook-too-many = There are 20 webhooks already. Delete some first.
field-approval-days = From 1 to { $most } days.
field-webhook-https = The address must begin with “https://”.
field-webhook-private = This address leads to a private network.
field-webhook-events = Choose at least one event.

# The API.
api-group-checks = Checks, approvals, webhooks
api-op-check-episode = Says what the checks find
api-op-list-proofs = Lists evening checks and proofs of publication
api-op-list-approvals = Gives the approval, the links and what clients said
api-op-create-approval = Makes a link for a client
api-op-revoke-approval = Revokes a link
api-op-list-webhooks = Lists the webhooks
api-op-create-webhook = Adds a webhook
api-op-list-webhook-messages = Lists the messages of a webhook
api-op-test-webhook = Sends a test message
api-op-pause-webhook = Pauses a webhook
api-op-resume-webhook = Resumes a webhook
api-op-rotate-webhook = Replaces the secret of a webhook
api-op-resend-webhook-message = Sends a message again
api-op-delete-webhook = Deletes a webhook

# Letters.
mail-answer-nothing = (no message)
mail-evening-ok-subject = Ready for { $when }: { $title }
mail-evening-ok-body =
    “{ $title }” ({ $show }) comes out on { $when } ({ $zone }).

    All is well.

    { $page }
mail-evening-warnings-subject = Ready for { $when }, with warnings: { $title }
mail-evening-warnings-body =
    “{ $title }” ({ $show }) comes out on { $when } ({ $zone }).

    Nothing blocks it. To look at:

    { $lines }

    { $page }
mail-evening-failed-subject = To be mended before { $when }: { $title }
mail-evening-failed-body =
    “{ $title }” ({ $show }) comes out on { $when } ({ $zone }), as it is.

    Mend this before then, or make the episode a draft again:

    { $lines }

    { $page }
mail-proof-ok-subject = Online: { $title }
mail-proof-ok-body =
    “{ $title }” ({ $show }) is public since { $when } ({ $zone }).

    Page, feed and sound answer as they should.

    { $page }
mail-proof-failed-subject = Published, but something does not answer: { $title }
mail-proof-failed-body =
    “{ $title }” ({ $show }) was to be public on { $when } ({ $zone }).

    To be mended now:

    { $lines }

    { $page }
mail-answer-comment-subject = Comment by { $who }: { $title }
mail-answer-comment-body =
    { $who } writes about “{ $title }” ({ $show }):

    { $text }

    { $page }
mail-answer-approved-subject = Approved by { $who }: { $title }
mail-answer-approved-body =
    { $who } approves “{ $title }” ({ $show }).

    { $text }

    { $page }
mail-answer-changes-subject = { $who } asks for changes: { $title }
mail-answer-changes-body =
    { $who } asks for changes to “{ $title }” ({ $show }):

    { $text }

    { $page }

# With numbers.
checks-warnings = { $count ->
    [one] One warning, nothing blocks.
   *[other] { $count } warnings, nothing blocks.
}
checks-errors = { $count ->
    [one] One error blocks publication.
   *[other] { $count } errors block publication.
}
refusal-lint-errors = { $count ->
    [one] One error blocks publication.
   *[other] { $count } errors block publication.
}
proof-details = { $count ->
    [one] One thing looked at
   *[other] { $count } things looked at
}
