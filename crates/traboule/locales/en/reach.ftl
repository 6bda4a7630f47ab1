# What decisions make of posts, clips and episodes: the words beside them, and what is said where they are gone.
reach-label-context = A decision asks to read this with its context.
reach-label-disputed = What is said here is disputed.
reach-label-unverified = What is said here has not been verified.
reach-label-sensitive = This may disturb some people.
reach-label-synthetic = Picture or sound was made or changed by a program.
reach-label-unknown = A decision put a mark beside this that this site has no sentence for: “{ $label }”.
refusal-removed-by-decision = A decision took this away. If it is given back, it will be here again, at the same address.
refusal-frozen-episode = A decision keeps this episode as it is. Nothing of it can be changed for now.
reach-team-removed = A decision took this episode away. Nobody but your team sees it.
reach-team-limited = A decision limits this episode: its page, the list and the feeds of its show have it; search, the home of the site and maps for crawlers do not.
reach-team-frozen = A decision keeps this episode as it is. It is shown, and nothing of it can be changed.
reach-team-labelled = A decision put this beside it: { $label }
refusal-frozen-post = A decision keeps this post as it is. It can be deleted, and not changed, for now.
