# Texts common to all pages.

ui-skip = Skip to content
ui-nav-label = Main
ui-nav-today = Today
ui-nav-episodes = Episodes
ui-account-sign-in = Sign in
ui-account-feed = Your feed
ui-account-mine = My account
ui-demo-note = Demonstration: people and events are invented.
ui-foot-follow = Follow
ui-foot-pages = Pages of the site
ui-foot-feed = RSS feed
ui-foot-check = Check
ui-foot-visit = Of your visit there remain figures per page and hour and, until the end of the next day, salted digests of your network, your browser and what you read or heard. No cookie before a choice of yours, nothing with third parties.
ui-foot-visit-more = All that we keep
ui-foot-order = What decides the order
ui-foot-log = Public log of this site
ui-foot-powered = Powered by
ui-foot-free = Free software.
ui-foot-source = Exact source code of this site
ui-cancel = Cancel
ui-form-required = Required fields are marked with *
ui-pager-label = Pages of the list
ui-pager-newer = Newer
ui-pager-older = Older

# Error pages

ui-error-back = Back to the site
ui-error-400 = This request cannot be read
ui-error-400-text = The address or the form is incomplete. Go back and try again.
ui-error-401 = This page needs you to sign in
ui-error-401-text = Sign in, then come back here.
ui-error-403 = This page is not open to you
ui-error-403-text = Your account does not have the role it takes. Ask a person who owns it.
ui-error-404 = There is nothing at this address
ui-error-404-text = The page has moved, or the address has a typing mistake.
ui-error-409 = This exists already
ui-error-409-text = Another request came before yours. Reload the page and check.
ui-error-410 = This is no longer here
ui-error-413 = This file is too large
ui-error-413-text = Nothing was saved. Send a smaller file.
ui-error-429 = Too many requests in a short time
ui-error-429-text = Nothing was saved. Wait a minute and try again.
ui-error-500 = The server could not answer
ui-error-500-text = The fault is ours and it is recorded. Try again in a few minutes.
ui-error-503 = The server is busy
ui-error-503-text = Try again in a minute. Nothing will be done twice.

# Refusals: one code, one sentence

refusal-check-fields = One or more fields need a change.
refusal-forbidden = Your account does not have the role this takes.
refusal-not-found = This does not exist, or is not public.
refusal-sign-in-first = Sign in to continue.
refusal-sign-in-wrong = The address and the password do not go together.
refusal-not-available = The server cannot do this now. Try again in a minute.
refusal-repeat-with-same-key = The answer was lost. Send the same form again: nothing will be done twice.
refusal-too-many = Too many tries in a short time. Wait a few minutes.
refusal-csrf = The form stayed open too long. Send it once more.
refusal-code-over = This code no longer works. Ask for another one.
refusal-passkey-wrong = This passkey is not recognised. Use a code by e-mail.
refusal-passkey-known = This passkey is already on your account.
refusal-last-owner = There must be at least one owner. Name another person first.
refusal-slug-taken = This page address is already taken.

# Fields: one code, one sentence

field-required = This field is empty.
field-too-long = The text is too long.
field-email-without-at = The @ sign is missing from the address.
field-email-without-end = The end of the address is missing, for example ".com".
field-email-malformed = This e-mail address has a mistake.
field-password-too-short = The password is too short: 10 characters at least.
field-password-common = This password is too well known. Choose several unrelated words.
field-code-malformed = The code has six digits.
field-code-wrong = This is not the right code. Check the last message you received.
field-code-over = This code no longer works. Ask for another one.
field-out-of-range = The value is too large: { $most } at most.
field-malformed = This text does not have the expected form.
field-slug-taken = This page address is already taken.
field-date-malformed = Write the date as year, month, day, for example 2026-11-24.
field-in-the-past = This time has already passed.
field-zone-unknown = This time zone does not exist, for example "Europe/Paris".
field-language-malformed = The language code has the form "fr" or "fr-CA".
field-slug-malformed = The page address takes letters without accents, digits and hyphens.
field-url-malformed = The web address starts with "https://".

# Studio

ui-studio-nav = Studio
ui-studio-more = More
ui-waiting = waiting
ui-studio-episodes = Episodes
ui-studio-people = Team
ui-studio-site = Site
ui-studio-account = Account

# Refusals and fields of every slice.
refusal-audio-missing = The sound is missing. Add a file before scheduling the episode.
refusal-digest-malformed = This digest cannot be read.
refusal-edit-conflict = Somebody else saved meanwhile. Reload the page before going on.
refusal-feed-locked = The owner locked this feed (podcast:locked). Confirm that it is yours to import it.
refusal-form-unreadable = This form did not arrive whole. Send it again.
refusal-json-unreadable = This JSON cannot be read: { $why }
refusal-state-conflict = The state of the episode does not allow it: { $state }.
refusal-token-needed = An API token is needed.
field-audio-unreadable = This file is neither a readable MP3 nor an M4A.
field-chapter-same-start = Two chapters start at the same instant.
field-chapter-start = A chapter starts outside the episode.
field-chapter-title = A chapter has no title.
field-file-too-large = This file is too large.
field-picture-unreadable = This picture is neither a readable JPEG nor a PNG.
field-picture-too-large = This picture is too large.
field-sign-in-wrong = The address or the password is not right.
field-too-many = There are too many, at most { $most }.
field-transcript-empty = This transcript holds no passage.
field-transcript-unreadable = This file is neither VTT, SRT nor text.
field-image-unknown = A chapter names a picture the organisation does not have.
