# The public log: checkpoints, tiles, proofs, its pages.

log-title = Public log
log-lede = What this site must be able to prove is written here, in order. A line that stands here can no longer be changed or taken away without somebody seeing it.
log-size = Leaves
log-age = Newest checkpoint
log-age-now = just now
log-age-seconds = { $count ->
    [one] { $number } second ago
   *[other] { $number } seconds ago
 }
log-age-minutes = { $count ->
    [one] { $number } minute ago
   *[other] { $number } minutes ago
 }
log-age-hours = { $count ->
    [one] { $number } hour ago
   *[other] { $number } hours ago
 }
log-age-days = { $count ->
    [one] { $number } day ago
   *[other] { $number } days ago
 }
log-fresh = What is written appears here within a second or so.
log-late = { $count ->
    [one] { $number } leaf waits, the oldest for { $age }. It should be here within seconds.
   *[other] { $number } leaves wait, the oldest for { $age }. They should be here within seconds.
 }
log-empty = Nothing is written yet
log-empty-text = The first leaf comes with the first thing this site has to prove.
log-none = There is no checkpoint yet
log-none-text = The first one is signed within a second of the start.

log-search = Find a leaf
log-search-label = Number, hash or receipt
log-search-hint = The number of a leaf, its hash as 64 signs or in base64, or the whole text of a receipt.
log-search-do = Find
log-search-unreadable = This is no number, no hash and no receipt of this log.
log-search-none = No leaf has this hash
log-search-none-text = It was never given to this log, or it belongs to another one.
log-search-promised = Promised
log-search-promised-text = The leaf is not in the log yet. It has to be there by { $by }.
log-search-included = Included
log-search-included-text = The promise was kept: leaf { $index }.
log-search-breach = Broken promise
log-search-breach-text = It had to be in the log by { $by }, and it is not. Keep the receipt: with its signature it proves that this site did not keep its word.
log-search-open = Open the leaf

log-newest = Newest leaves
log-leaves = Leaves { $first } to { $last }
log-pages = { $first } to { $last } of { $all }
log-leaf = Leaf { $index }
log-leaf-at = written within the hour from { $hour }
log-leaf-heading = What it says
log-leaf-json = The leaf itself
log-leaf-json-text = Exactly these bytes were hashed.
log-leaf-hash = Leaf hash
log-leaf-hash-text = SHA-256 of a zero byte and the leaf, as RFC 6962 says.
log-leaf-kind = Kind
log-leaf-hour = Hour
log-leaf-number = Number
log-leaf-proof = Proof that it is in the log
log-leaf-proof-text = { $count ->
    [0] The tree has this one leaf: its hash is the root.
    [one] Hashing the leaf with this hash gives the root of the checkpoint.
   *[other] Hashing the leaf with these { $number } hashes, one after the other, gives the root of the checkpoint.
 }
log-leaf-waiting = Newer than the newest checkpoint
log-leaf-waiting-text = The proof exists as soon as a checkpoint covers it. Load this page again in a second.
log-leaf-download = Download the proof
log-leaf-download-text = One file with leaf, path and checkpoint. It can be checked without asking this site:
log-receipt = Signed receipt
log-receipt-text = The signed promise that this leaf is in the log by the hour it names. Keep it: if the leaf is missing later, the receipt proves it.
log-about = What it is about, as it is seen today:
log-leaf-newer = Next leaf
log-leaf-older = Leaf before
log-leaf-other = An entry of a kind this page has no words for. Below is exactly what was written.

log-checkpoint = The newest checkpoint
log-checkpoint-text = Size and root of the tree, signed by this site’s key. Each line after the empty one is a signature: the first is the site’s, the others are witnesses’.
log-origin = Origin
log-key = Verifier key
log-root = Root
log-policy-none = This site asks for no number of witnesses: a checkpoint counts with the site’s own signature.
log-policy-any = { $count ->
    [one] A checkpoint is handed out with { $number } witness once it has answered, and without it meanwhile. Who checks should ask for its signature.
   *[other] A checkpoint is handed out with the signatures of the { $number } witnesses as they answer. Who checks should ask for at least one of them.
 }
log-file-checkpoint = Checkpoint
log-file-policy = Policy as a file

log-witnesses = Witnesses
log-witnesses-text = A witness keeps the newest checkpoint it saw and signs another one only if the log has merely grown since. It makes two different logs for two readers visible.
log-witnesses-here = The witness shown here runs on this machine, beside the server: it shows how a cosignature looks, and protects nobody. An independent one is run by somebody else.
log-witnesses-none = Nobody cosigns this log yet
log-witnesses-none-text = Without a witness you see changes only if you kept a checkpoint yourself. The commands below do that.
log-witness-saw = Saw
log-witness-saw-size = { $count ->
    [one] { $number } leaf
   *[other] { $number } leaves
 }
log-witness-when = Cosigned
log-witness-never = not yet
log-witness-current = sees the newest
log-witness-behind = behind
log-witness-silent = silent
log-witness-local = on this machine

log-check = Check it yourself
log-check-text = With the program this site runs, on your own machine. The second command is all it takes to be a witness.
log-check-watch = Reads the whole log, checks signature and hashes, keeps the checkpoint and compares it the next time.
log-check-witness = Checks that the log only grows, and cosigns it with a key of your own.
log-check-proof = Fetches the proof of a leaf.
log-check-verify = Checks it, without asking this site.
log-check-docs = What is read, and what each result means, stands in the documentation of the program (docs/log.md).

log-forge = What its operator can still do
log-forge-text = A log makes deeds visible. It does not prevent them, and it cannot vouch for what was never written.
log-forge-never = Leave something out before it is written. A receipt is the only proof against that, and only for who holds one.
log-forge-lie = Write something untrue. The log proves when it was written and that it stayed, not that it is so.
log-forge-split = Show another log to somebody who never kept a checkpoint and asks for no witness.
log-forge-rewrite = Write the whole history anew with its own key, as long as nobody outside keeps a checkpoint or cosigned one.
log-forge-delay = Wait: up to the time the receipt names, a leaf may be late.
log-forge-cannot = What it cannot do: change, take away or insert a leaf, and still agree with a checkpoint somebody else kept.

log-privacy = What stands in a leaf, and what never does
log-privacy-text = A leaf names what happened, the hour, public numbers of what it is about, and digests. No name, no address, no text, no exact time. What concerns a person is a salted digest whose salt is kept elsewhere and destroyed with the account: the leaf stays valid and says nothing about anybody any more.
log-retention = Leaves are kept as long as the site exists; a log from which something is dropped would prove nothing.


api-group-log = Public log
api-op-read-log = Gives the state of the public log: its newest signed head and who cosigns it
api-op-list-log-leaves = Lists the leaves of the public log, newest first
api-op-read-log-leaf = Gives a leaf with the proof that it is in the log
refusal-log-cosignature = This is no checkpoint of this log with a good line of a known witness.
refusal-log-checkpoint = This is no checkpoint of this log.
refusal-log-moved = The public log moved on in between. Try again.

log-kind-log-opened = The log opens
log-words-log-opened = The log begins, under the name { $origin }.
log-words-log-reopened = Leaves were lost. This log goes on under the name { $origin }; the one before was last seen with { $seen } leaves, and { $lost_from } of them are kept.
log-fact = Leaf in the public log

log-kind-episode-published = Episode published
log-words-episode-published = Episode { $episode } appeared; the leaf holds digests of its sound and of what it says.
log-kind-episode-changed = Episode changed
log-words-episode-changed = Episode { $episode } changed while public; the leaf holds the digests after it.
log-kind-episode-unpublished = Episode taken off
log-words-episode-unpublished = Episode { $episode } is no longer public.
log-kind-clip-published = Clip published
log-words-clip-published = The clip { $post } appeared; the digest of its original is { $sha256 }.
