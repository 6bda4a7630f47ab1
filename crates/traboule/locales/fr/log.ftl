# Le journal public : points de contrôle, tuiles, preuves, ses pages.

log-title = Journal public
log-lede = Ce que ce site doit pouvoir prouver est écrit ici, dans l’ordre. Une ligne inscrite ne peut plus être changée ni retirée sans que quelqu’un le voie.
log-size = Feuilles
log-age = Dernier point de contrôle
log-age-now = à l’instant
log-age-seconds = { $count ->
    [one] il y a { $number } seconde
   *[other] il y a { $number } secondes
 }
log-age-minutes = { $count ->
    [one] il y a { $number } minute
   *[other] il y a { $number } minutes
 }
log-age-hours = { $count ->
    [one] il y a { $number } heure
   *[other] il y a { $number } heures
 }
log-age-days = { $count ->
    [one] il y a { $number } jour
   *[other] il y a { $number } jours
 }
log-fresh = Ce qui est écrit paraît ici en une seconde environ.
log-late = { $count ->
    [one] { $number } feuille attend, la plus ancienne depuis { $age }. Elle devrait être ici en quelques secondes.
   *[other] { $number } feuilles attendent, la plus ancienne depuis { $age }. Elles devraient être ici en quelques secondes.
 }
log-empty = Rien n’est encore écrit
log-empty-text = La première feuille viendra avec la première chose que ce site doit prouver.
log-none = Il n’y a pas encore de point de contrôle
log-none-text = Le premier est signé dans la seconde qui suit le démarrage.

log-search = Trouver une feuille
log-search-label = Numéro, empreinte ou reçu
log-search-hint = Le numéro d’une feuille, son empreinte en 64 signes ou en base64, ou le texte entier d’un reçu.
log-search-do = Trouver
log-search-unreadable = Ce n’est ni un numéro, ni une empreinte, ni un reçu de ce journal.
log-search-none = Aucune feuille n’a cette empreinte
log-search-none-text = Elle n’a jamais été remise à ce journal, ou elle appartient à un autre.
log-search-promised = Promise
log-search-promised-text = La feuille n’est pas encore au journal. Elle doit y être avant { $by }.
log-search-included = Inscrite
log-search-included-text = La promesse est tenue : feuille { $index }.
log-search-breach = Promesse rompue
log-search-breach-text = La feuille devait être au journal avant { $by }, et elle n’y est pas. Gardez le reçu : sa signature prouve que ce site n’a pas tenu parole.
log-search-open = Ouvrir la feuille

log-newest = Dernières feuilles
log-leaves = Feuilles { $first } à { $last }
log-pages = { $first } à { $last } sur { $all }
log-leaf = Feuille { $index }
log-leaf-at = écrite dans l’heure à partir de { $hour }
log-leaf-heading = Ce qu’elle dit
log-leaf-json = La feuille même
log-leaf-json-text = Ce sont exactement ces octets dont l’empreinte est prise.
log-leaf-hash = Empreinte de la feuille
log-leaf-hash-text = SHA-256 d’un octet nul suivi de la feuille, selon la RFC 6962.
log-leaf-kind = Nature
log-leaf-hour = Heure
log-leaf-number = Numéro
log-leaf-proof = Preuve qu’elle est au journal
log-leaf-proof-text = { $count ->
    [0] L’arbre n’a que cette feuille : son empreinte est la racine.
    [one] L’empreinte de la feuille jointe à celle-ci donne la racine du point de contrôle.
   *[other] L’empreinte de la feuille jointe à ces { $number } empreintes, l’une après l’autre, donne la racine du point de contrôle.
 }
log-leaf-waiting = Plus récente que le dernier point de contrôle
log-leaf-waiting-text = La preuve existe dès qu’un point de contrôle la couvre. Rechargez cette page dans une seconde.
log-leaf-download = Télécharger la preuve
log-leaf-download-text = Un seul fichier contient la feuille, le chemin et le point de contrôle. Il se vérifie sans rien demander à ce site :
log-receipt = Reçu signé
log-receipt-text = La promesse signée que cette feuille est au journal avant l’heure dite. Gardez-la : si la feuille manque ensuite, le reçu le prouve.
log-about = De quoi il s’agit, tel qu’on le voit aujourd’hui :
log-leaf-newer = Feuille suivante
log-leaf-older = Feuille précédente
log-leaf-other = Une inscription d’une nature pour laquelle cette page n’a pas de mots. Voici exactement ce qui a été écrit.

log-checkpoint = Le dernier point de contrôle
log-checkpoint-text = La taille et la racine de l’arbre, signées par la clé de ce site. Chaque ligne après la ligne vide est une signature : la première est celle du site, les autres celles des témoins.
log-origin = Origine
log-key = Clé de vérification
log-root = Racine
log-policy-none = Ce site n’exige aucun nombre de témoins : un point de contrôle vaut par la seule signature du site.
log-policy-any = { $count ->
    [one] Un point de contrôle est remis avec la signature de { $number } témoin dès qu’il a répondu, et sans elle entre-temps. Qui vérifie devrait exiger cette signature.
   *[other] Un point de contrôle est remis avec les signatures des { $number } témoins à mesure qu’ils répondent. Qui vérifie devrait en exiger au moins une.
 }
log-file-checkpoint = Point de contrôle
log-file-policy = Règle en fichier

log-witnesses = Témoins
log-witnesses-text = Un témoin garde le dernier point de contrôle qu’il a vu et n’en signe un autre que si le journal n’a fait que grandir. Il rend visibles deux journaux différents montrés à deux lecteurs.
log-witnesses-here = Le témoin montré ici tourne sur cette machine, à côté du serveur : il montre à quoi ressemble une cosignature et ne protège personne. Un témoin indépendant est tenu par quelqu’un d’autre.
log-witnesses-none = Personne ne cosigne encore ce journal
log-witnesses-none-text = Sans témoin, vous ne voyez un changement que si vous avez gardé vous-même un point de contrôle. C’est ce que font les commandes ci-dessous.
log-witness-saw = A vu
log-witness-saw-size = { $count ->
    [one] { $number } feuille
   *[other] { $number } feuilles
 }
log-witness-when = A cosigné
log-witness-never = pas encore
log-witness-current = voit le dernier
log-witness-behind = en retard
log-witness-silent = muet
log-witness-local = sur cette machine

log-check = Vérifier soi-même
log-check-text = Avec le programme de ce site, sur votre propre machine. La deuxième commande suffit pour être témoin.
log-check-watch = Lit tout le journal, vérifie la signature et les empreintes, garde le point de contrôle et le compare la fois suivante.
log-check-witness = Vérifie que le journal ne fait que grandir et le cosigne avec une clé à vous.
log-check-proof = Va chercher la preuve d’une feuille.
log-check-verify = La vérifie sans rien demander à ce site.
log-check-docs = Ce qui est lu, et ce que dit chaque résultat, se trouve dans la documentation du programme (docs/log.md).

log-forge = Ce que son exploitant peut encore faire
log-forge-text = Un journal rend les actes visibles. Il ne les empêche pas, et ne répond pas de ce qui n’a jamais été écrit.
log-forge-never = Taire une chose avant qu’elle soit écrite. Seul un reçu prouve le contraire, et seulement à qui en tient un.
log-forge-lie = Écrire une chose fausse. Le journal prouve quand elle a été écrite et qu’elle est restée, non qu’elle est vraie.
log-forge-split = Montrer un autre journal à qui n’a jamais gardé de point de contrôle et n’exige aucun témoin.
log-forge-rewrite = Récrire toute l’histoire avec sa propre clé, tant que personne au dehors ne garde ou n’a cosigné un point de contrôle.
log-forge-delay = Attendre : jusqu’au moment que nomme le reçu, une feuille peut tarder.
log-forge-cannot = Ce qu’il ne peut pas faire : changer, retirer ou insérer une feuille tout en restant d’accord avec un point de contrôle gardé par quelqu’un d’autre.

log-privacy = Ce qu’une feuille contient, et ce qu’elle ne contient jamais
log-privacy-text = Une feuille nomme ce qui s’est passé, l’heure, les numéros publics de ce dont il s’agit, et des empreintes. Aucun nom, aucune adresse, aucun texte, aucun instant exact. Ce qui concerne une personne est une empreinte salée dont le sel est gardé ailleurs et détruit avec le compte : la feuille reste valable et ne dit plus rien de personne.
log-retention = Les feuilles sont gardées tant que le site existe ; un journal dont on retire quelque chose ne prouverait rien.


api-group-log = Journal public
api-op-read-log = Donne l’état du journal public : sa dernière tête signée et qui la cosigne
api-op-list-log-leaves = Liste les feuilles du journal public, les plus récentes d’abord
api-op-read-log-leaf = Donne une feuille avec la preuve qu’elle est au journal
refusal-log-cosignature = Ce n’est pas un point de contrôle de ce journal avec la ligne valable d’un témoin connu.
refusal-log-checkpoint = Ce n’est pas un point de contrôle de ce journal.
refusal-log-moved = Le journal public a avancé entre-temps. Recommencez.

log-kind-log-opened = Ouverture du journal
log-words-log-opened = Le journal commence, sous le nom { $origin }.
log-words-log-reopened = Des feuilles ont été perdues. Ce journal continue sous le nom { $origin } ; le précédent a été vu pour la dernière fois avec { $seen } feuilles, dont { $lost_from } sont gardées.
log-fact = Feuille du journal public

log-kind-episode-published = Épisode publié
log-words-episode-published = L’épisode { $episode } a paru ; la feuille tient les empreintes de son fichier sonore et de ce qu’il dit.
log-kind-episode-changed = Épisode modifié
log-words-episode-changed = L’épisode { $episode } a changé alors qu’il était public ; la feuille tient ses nouvelles empreintes.
log-kind-episode-unpublished = Épisode retiré
log-words-episode-unpublished = L’épisode { $episode } n’est plus public.
log-kind-clip-published = Clip publié
log-words-clip-published = Le clip { $post } a paru ; l’empreinte de son original est { $sha256 }.
