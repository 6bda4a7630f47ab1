# Ce que des décisions font de publications, de clips et d’épisodes : les mots placés à côté, et ce qui se dit là où ils ne sont plus.
reach-label-context = Une décision demande de lire ceci avec son contexte.
reach-label-disputed = Ce qui est dit ici est contesté.
reach-label-unverified = Ce qui est dit ici n’a pas été vérifié.
reach-label-sensitive = Ceci peut heurter certaines personnes.
reach-label-synthetic = L’image ou le son a été fait ou modifié par un programme.
reach-label-unknown = Une décision a placé ici une marque pour laquelle ce site n’a pas de phrase : « { $label } ».
refusal-removed-by-decision = Une décision a retiré ceci. Si elle est levée, ce sera de nouveau ici, à la même adresse.
refusal-frozen-episode = Une décision garde cet épisode tel qu’il est. Rien ne peut y être changé pour le moment.
reach-team-removed = Une décision a retiré cet épisode. Seule votre équipe le voit.
reach-team-limited = Une décision limite cet épisode : sa page, la liste et les flux de son émission l’ont ; la recherche, l’accueil du site et les plans pour les robots ne l’ont pas.
reach-team-frozen = Une décision garde cet épisode tel qu’il est. Il est visible, et rien ne peut y être changé.
reach-team-labelled = Une décision a placé ceci à côté : { $label }
refusal-frozen-post = Une décision garde cette publication telle qu’elle est. Elle peut être supprimée, mais pas modifiée pour le moment.
