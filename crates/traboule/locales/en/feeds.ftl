# The JSON API and feeds.

refusal-idempotency-key-malformed = An idempotency key has 1 to 200 characters.
refusal-idempotency-key-reused = This idempotency key was used for another request.

field-rrule-malformed = This rule has the form "FREQ=WEEKLY;BYDAY=MO".
field-moved-to-own = This address is on this server: the feed has not moved.

api-title = The JSON API
api-lead = Read what is public, and with a token create, edit and publish.
api-document = OpenAPI 3.1 document
api-auth = Tokens
api-auth-text = Reading what is public needs nothing. Everything else needs a token in the Authorization header. Tokens are made on the account page, for one organisation.
api-auth-link = Create a token
api-limits = Limits
api-limits-text = A token has { $most } requests a minute. The headers RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset say what is left.
api-once = Repeating safely
api-once-text = Requests that create something take the header Idempotency-Key. The same key and body within 24 hours get the same answer, and nothing is made twice.
api-pages = Long lists
api-pages-text = A list ends with next. Send it as after to go on; null is the end.
api-problems = Problems
api-problems-text = A refusal is problem+json: code and the codes of fields are stable, sentences follow the Accept-Language header.
api-contents = Operations
api-who-public = for everybody
api-who-signed-in = with a token
api-who-member = token of a member
api-who-editor = token of an editor
api-who-owner = token of an owner
api-params = Parameters
api-sent = Sent
api-sent-bytes = The bytes of a file: { $types }
api-sent-perhaps = May be left empty.
api-answered = Answered, { $status }
api-answered-nothing = Answered, { $status }, without a body
api-codes = Problems
api-example = Example
api-needed = required
api-name = Name
api-kind = Value
api-once-here = Takes Idempotency-Key.

api-group-shows = Shows
api-group-episodes = Episodes
api-group-files = Files

api-op-list-shows = Lists every show
api-op-create-show = Makes a show
api-op-read-feed-settings = Gives what the feeds of a show say beyond its content
api-op-edit-feed-settings = Replaces what the feeds of a show say beyond its content; moves the show away
api-op-read-openapi = Gives this document
api-op-list-episodes = Lists the public episodes of a show, newest first
api-op-create-episode = Makes a draft
api-op-read-episode = Gives an episode; with a token of its team in any state
api-op-edit-episode = Replaces the content of an episode
api-op-schedule-episode = Publishes now, at an instant, or by the clock of the show
api-op-unpublish-episode = Takes a published episode off
api-op-draft-episode = Makes a scheduled episode a draft again
api-op-put-audio = Sets the sound
api-op-put-cover = Sets the cover
api-op-put-transcript = Sets a transcript
api-op-add-image = Adds a picture for chapters
