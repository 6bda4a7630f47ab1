# The home feed, explore, tags and what decides the order.

# The home feed.
feed-nav = Votre fil
feed-title = Votre fil
feed-lede = Ce que publient les personnes et les émissions que vous suivez, et rien d’autre.
feed-write = Écrire une publication
feed-order-label = Ordre de votre fil
feed-order-newest = Les plus récentes d’abord
feed-order-turns = Chacun son tour
feed-order-kept = Votre fil suit maintenant l’ordre « { $order } ».
feed-look = Chercher du nouveau
feed-new = { $count ->
    [0] Rien de nouveau depuis votre dernier passage.
    [one] Une nouveauté depuis votre dernier passage.
   *[other] { $count } nouveautés depuis votre dernier passage.
 }
feed-new-more = Plus de { $count } nouveautés depuis votre dernier passage.
feed-new-end = Vous avez déjà vu la suite.
feed-none = Votre fil est vide
feed-none-text = Suivez des émissions et des personnes : ce qu’elles publient viendra ici, le plus récent d’abord.
feed-quiet = Encore rien
feed-quiet-text = Ceux que vous suivez n’ont encore rien publié.
feed-end = Vous avez tout vu.
feed-shows = Émissions à suivre
feed-people = Personnes à suivre
feed-people-how = Les plus suivies d’abord.
feed-followers = { $count ->
    [0] encore personne n’y est abonné
    [one] { $count } abonné
   *[other] { $count } abonnés
 }
feed-episode-by = Épisode de { $name }
feed-new-episode = Nouvel épisode
feed-join = Pour avoir un fil, il faut un profil : un nom sous lequel vous suivez et écrivez.
feed-join-do = Créer votre profil

# Why something stands where it stands.
feed-why = Pourquoi est-ce ici ?
feed-why-follow = Vous suivez { $name } depuis le { $date }.
feed-why-through = Vous suivez { $house } depuis le { $date }, et { $name } est l’une de ses émissions.
feed-why-reshare = { $name } l’a repartagé.
feed-why-everybody = C’est public, et c’est { $name } qui le dit.
feed-why-tag = C’est public et porte le mot-clé #{ $tag }.
feed-why-published = Publié le { $date }.
feed-why-order = Cette page suit l’ordre { $order }.
feed-why-measures = { $count ->
    [0] Aucune mesure n’est en vigueur.
    [one] Une mesure est en vigueur.
   *[other] { $count } mesures sont en vigueur.
 }
feed-why-log = { $size ->
    [one] Le journal public comptait { $size } feuille.
   *[other] Le journal public comptait { $size } feuilles.
 }
feed-why-label = Une décision a placé ceci à côté : { $label }
feed-why-more = Ce qui décide de l’ordre

# Explore and tags.
explore-nav = Explorer
explore-title = Explorer
explore-lede = Tout ce que disent ici les personnes et les émissions, le plus récent d’abord.
explore-order = Ordre : { $order }. Les repartages sans mots n’y sont pas.
explore-none = Personne n’a encore rien dit
explore-none-text = La première publication viendra ici.
explore-tags = Mots-clés
explore-tags-how = Parmi les 500 derniers emplois, les mots-clés que le plus de voix emploient viennent d’abord.
explore-tag-voices = { $count ->
    [one] { $count } voix
   *[other] { $count } voix
 }
tag-title = #{ $tag }
tag-lede = Les publications et les clips publics avec ce mot-clé, le plus récent d’abord.
tag-none = Rien ne porte ce mot-clé
tag-none-text = Écrivez #{ $tag } dans une publication, elle viendra ici.
tag-feed = Flux de ce mot-clé
tag-feed-title = #{ $tag } sur { $site }
voice-feed-title = { $name } sur { $site }

# What decides the order.
order-title = Ce qui décide de l’ordre
order-lede = Les listes de ce site suivent des ordres qui ont un nom. Voici ce que chaque ordre regarde. Rien d’autre ne décide. La loi demande cette page (règlement (UE) 2022/2065, article 27).
order-never = Ce qui ne compte pas
order-never-text = Ce que vous avez regardé, combien de temps, sur quel appareil et où ; combien de fois une chose a été repartagée ou commentée ; l’argent. Aucun profil de vos goûts n’est tenu.
order-now = En ce moment
order-measures = { $count ->
    [0] Aucune mesure n’est en vigueur.
    [one] Une mesure est en vigueur.
   *[other] { $count } mesures sont en vigueur.
 }
order-unread = { $count ->
    [one] Le journal a une feuille sur des mesures que ce serveur ne sait pas lire.
   *[other] Le journal a { $count } feuilles sur des mesures que ce serveur ne sait pas lire.
 }
order-log = { $size ->
    [one] Le journal public compte { $size } feuille.
   *[other] Le journal public compte { $size } feuilles.
 } Chaque réponse où une décision a son mot à dire cite dans son en-tête { $header } la taille suivie.
order-log-link = Le journal public
order-lists = Les listes
order-list = Liste
order-list-what = Ce qui s’y trouve
order-list-order = Ordre
order-home = Votre fil
order-home-what = Les publications et clips des voix que vous suivez, les épisodes des émissions que vous suivez ; avec une organisation que vous suivez, ceux de toutes ses émissions, chacun une fois. Sans les voix masquées, les personnes bloquées ou qui vous bloquent, ni ce qu’elles disent quand d’autres le repartagent.
order-explore = Explorer
order-explore-what = Toutes les publications et tous les clips publics. Sans les repartages sans mots, ni ce qu’une décision a limité.
order-tags = Mots-clés
order-tags-what = Toutes les publications et tous les clips publics qui portent le mot-clé. Sans ce qu’une décision a limité.
order-profiles = Profils
order-profiles-what = Ce qu’une voix dit et repartage.
order-clips = Clips
order-clips-what = Tous les clips publics, l’un après l’autre. Sans ce qu’une décision a limité.
order-search = Recherche
order-search-what = Les épisodes publics avec les mots cherchés, sauf ceux dont une décision limite la portée. Les titres d’abord, puis les plus récents.
order-search-order = titres, puis plus récents
order-episodes = Accueil et émissions
order-episodes-what = Les épisodes publics. L’accueil laisse de côté ceux dont une décision limite la portée ; la page de leur émission les montre.
order-people = Personnes et émissions à suivre
order-people-what = Les voix que vous ne suivez pas encore.
order-people-order = le plus d’abonnés
order-signed-in = Une fois connecté, aucune de ces listes ne montre les voix masquées, ni les personnes bloquées ou qui vous bloquent.
order-orders = Les ordres
order-newest = Les plus récentes d’abord
order-newest-text = Par instant de publication, le plus récent d’abord ; au même instant, le plus grand numéro d’abord.
order-newest-why = Il se vérifie d’un coup d’œil, et personne ne peut y acheter ni y régler une place. C’est l’ordre que vous avez sans rien choisir.
order-turns = Chacun son tour
order-turns-text = Les mêmes choses sur la même page. D’abord la plus récente de chaque voix, puis la deuxième de chacune, et ainsi de suite ; dans un tour, la plus récente d’abord.
order-turns-why = Ainsi, qui publie très souvent ne repousse pas les autres vers le bas.
order-inputs = Il regarde :
order-input-published_at = l’instant de publication
order-input-id = le numéro de la publication ou de l’épisode
order-input-voice = la voix dont elle vient
order-input-page = ce qui se trouve sur la page
order-since = depuis le { $date }
order-choose = Comment le changer
order-choose-text = Choisissez l’ordre au-dessus de votre fil. Le choix est gardé, et suivi à chaque page demandée. Suivre, masquer et bloquer décident de ce qui s’y trouve.
order-choose-do = Vers votre fil
order-changes = Changements
order-change-1 = Les deux premiers ordres : newest/1 et turns/1.
order-file = Les définitions exactes
order-digest = SHA-256 des définitions

# API.
api-group-feed = Fils
api-op-feed = Le fil du membre dont c’est le jeton : ce qu’ont publié les voix et les émissions suivies. L’en-tête Traboule-Log-Size cite la taille du journal public qui a été suivie.
api-op-explore = Les publications et clips publics de tous, le plus récent d’abord, sans les repartages.
api-op-tag = Les publications et clips publics avec un mot-clé, le plus récent d’abord.
refusal-order-unknown = Il n’y a pas d’ordre de ce nom.
log-kind-order-defined = Un ordre est défini
log-words-order-defined = L’ordre { $order } est défini ; l’empreinte de sa définition est { $sha256 }.
order-leaf = Feuille { $index } du journal public
