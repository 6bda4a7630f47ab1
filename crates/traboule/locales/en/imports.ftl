# Importing a show or a site.

imports-heading = Import
imports-lead = Bring a show that exists: a rehearsal first, nothing is written before you agree.
imports-by-address = A feed, by its address
imports-by-file = A file
imports-address = Address of the feed
imports-address-hint = The RSS address apps use today.
imports-show = Into which show
imports-show-new = New, or recognised
imports-show-hint = A show imported before is recognised by its identifier.
imports-file = File
imports-file-hint = A feed (RSS) or a WordPress export (WXR), { $most } at most.
imports-rehearse = Rehearse
imports-wait = The server reads the feed while the page waits, a minute at most.
imports-again = Look at a source again
imports-again-hint = Adds what is new since, and what changed. What is gone there stays here.
imports-look-again = Look again
imports-earlier = Rehearsals and imports
imports-col-source = Source
imports-col-state = State
imports-col-when = Date
imports-col-title = Title and identity
imports-col-fate = Effect
imports-state-waiting = Rehearsed
imports-state-done = Imported
imports-state-undone = Undone
imports-state-over = Over
imports-kind-feed = Feed
imports-kind-wxr = WordPress export
imports-rehearsal-heading = Rehearsal
imports-result-heading = Import
imports-nothing-written = Nothing is written yet. This is what would happen.
imports-over = This rehearsal is over. Do it again: the source may have changed.
imports-into-new = A new show would be made: “{ $title }”.
imports-into-known = The show “{ $title }” is here already and would get what follows.
imports-see-show = See the show
imports-jump = Go to the decision
imports-totals = In figures
imports-total-items = { $count ->
    [one] item
   *[other] items
}
imports-total-create = to create
imports-total-update = to update
imports-total-created = { $count ->
    [one] created
   *[other] created
}
imports-total-updated = { $count ->
    [one] updated
   *[other] updated
}
imports-total-keep = { $count ->
    [one] unchanged
   *[other] unchanged
}
imports-total-sound = with sound
imports-total-repeated = { $count ->
    [one] repeated identity
   *[other] repeated identities
}
imports-total-moved = { $count ->
    [one] sound moved
   *[other] sounds moved
}
imports-total-missing = { $count ->
    [one] not in the source
   *[other] not in the source
}
imports-total-pages = { $count ->
    [one] page
   *[other] pages
}
imports-total-comments = { $count ->
    [one] comment
   *[other] comments
}
imports-total-terms = { $count ->
    [one] category or tag
   *[other] categories and tags
}
imports-total-attachments = { $count ->
    [one] file
   *[other] files
}
imports-total-left-out = { $count ->
    [one] left out
   *[other] left out
}
imports-order-newest = Order: newest first.
imports-order-oldest = Order: oldest first.
imports-order-mixed = Order: mixed; episodes will be sorted by date.
imports-problems = What was found
imports-problem-items = (items { $items })
imports-missing = Here, but not in the source any more
imports-missing-hint = These episodes stay as they are.
imports-more = … and { $count } more
imports-items = Item by item
imports-fate-create = Create
imports-fate-update = Update
imports-fate-keep = Keep
imports-moved = The sound moves:
imports-repeated = Another item has the same identity.
imports-no-sound = no sound
imports-undated = no date
imports-untitled = Untitled
imports-decide = Decide
imports-nothing-new = Nothing new: everything is here already.
imports-locked = This feed says that only its owner may import it (podcast:locked).
imports-proved = The feed carries your proof: it is yours.
imports-mine = This feed is ours, I vouch for it
imports-mine-hint = Your name is kept with the import.
imports-prove = Or prove it: add this line to the feed, then rehearse again.
imports-download = Bring sound and pictures home
imports-download-hint = In the background. Otherwise they stay where they are.
imports-run = Import exactly this
imports-run-hint = Possible until
imports-forget = Forget this rehearsal
imports-done-at = Imported on
imports-said-imported = Imported.
imports-said-undone = The import is undone.
imports-undo = Undo this import
imports-undo-text = Possible while nobody worked on it. The episodes it made go, and the show if it made it; pages become drafts; identities stay reserved.
imports-undo-do = Undo the import
imports-undone-text = This import was undone.
imports-no-undo = This import cannot be undone at once any more: it was worked on, or it changed episodes. Unpublish them one by one in the studio.

# What is found

imports-problem-locked = The feed is locked by its owner.
imports-problem-missing-guid = No identity: the address of the sound or the page stands in.
imports-problem-repeated-identity = Same identity as another item: they are told apart by their date.
imports-problem-missing-title = No title.
imports-problem-missing-enclosure = No sound.
imports-problem-several-enclosures = Several sounds: the first one counts.
imports-problem-enclosure-length = The size of the sound is not given.
imports-problem-media-type = The type of the sound was guessed.
imports-problem-date-missing = No date: the episode comes last.
imports-problem-date-unreadable = The date cannot be read.
imports-problem-date-zone-missing = The date has no zone: it was read as UTC.
imports-problem-duration-bad = The duration cannot be read.
imports-problem-duration-zero = The duration is zero.
imports-problem-duration-repaired = The duration was mended.
imports-problem-url-bad = An address cannot be read and was dropped.
imports-problem-url-repaired = An address was mended.
imports-problem-language-bad = The language is no known tag.
imports-problem-encoding-wrong = The declared encoding is wrong; the text was read another way.
imports-problem-truncated = The document ends early; only whole items count.
imports-problem-mismatched-tag = A tag is not closed.
imports-problem-namespace-unbound = A prefix is not declared.
imports-problem-too-many-problems = Further remarks are not listed.
imports-problem-no-items = The source is empty.
imports-problem-version-missing = The export does not say its version.
imports-problem-version-unknown = The version of the export is not known.
imports-problem-site-untitled = The export does not name its site.
imports-problem-left-out-trash = In the bin there: left out.
imports-problem-private = Private there: becomes a draft.
imports-problem-guarded = Guarded by a password there: becomes a draft.
imports-problem-future-undated = Waiting for no date: becomes a draft.
imports-problem-status-missing = No state: becomes a draft.
imports-problem-status-unknown = Unknown state: becomes a draft.
imports-problem-frozen = A decision keeps the episode as it is: it stays so.
imports-problem-state-differs = The state differs here and there; the one here stays.
imports-problem-shortcode-dropped = What a WordPress shortcode showed stays there.
imports-problem-pictures-left = Pictures in the text stay there; their descriptions stay.
imports-problem-comments-elsewhere = Comments of pages or files are left out.
imports-problem-comment-repeated = A comment is there twice.
imports-problem-comment-parent-missing = Comments answer one that is missing.
imports-problem-attachment-without-address = A file has no address.
imports-problem-page-edited-here = A page changed there and here; the one here stays.
imports-problem-markup-in-text = Tags inside a text were not escaped.
imports-problem-text-too-long = A text was too long and was cut.

# Refusals

refusal-import-too-large = This file is too large. The command line reads larger ones.
refusal-import-too-many = There are too many items in this source.
refusal-import-too-deep = This source nests too many tags.
refusal-import-entities = This source declares entities: that is refused for safety.
refusal-import-not-a-feed = This is neither a podcast feed nor a WordPress export.
refusal-import-untitled = This feed does not name its show.
refusal-import-not-wxr = This is no WordPress export.
refusal-import-malformed = This export is damaged, and nothing of it is guessed. Export it again from WordPress.
refusal-rehearsal-changed = The source is not the one that was rehearsed. Rehearse again.
refusal-rehearsal-done = This import is done already.
refusal-rehearsal-over = This rehearsal is over. Do it again.
refusal-rehearsal-gone = The rehearsed file is not there any more. Rehearse again.
refusal-rehearsals-waiting = Too many rehearsals wait. Forget some of them first.
refusal-undo-too-late = It is too late: what this import made was worked on.
field-import-too-large = This file is too large.
field-import-too-many = Too many items.
field-import-too-deep = Tags are nested too deep.
field-import-entities = The document declares entities.
field-import-not-a-feed = Choose an RSS feed or a WordPress export.
field-import-untitled = The title of the show is missing.
field-import-not-wxr = Choose a WordPress export.
field-import-malformed = Export it again from WordPress.
field-import-address-private = This address is not on the public network.
field-import-address-gone = There is nothing at this address, or it is too large.
field-import-address-failed = The server of this feed does not answer. Try again in a few minutes.
field-import-address-slow = The feed did not arrive within a minute. Send it as a file.
field-unknown = This choice does not exist.

# API

api-group-imports = Imports
api-op-rehearse-import = Rehearses an import: the bytes of a feed or a WordPress export, or {"{"}"address", "show"{"}"} as JSON; writes nothing else
api-op-read-import = Gives a rehearsal, and after it was run the import
api-op-run-import = Imports exactly what was rehearsed, once
api-op-undo-import = Takes back what an import made, while nobody worked on it
