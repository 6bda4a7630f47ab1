# Membres : inscription, profils, abonnements, notifications, ses propres données.

# S’inscrire.
members-join-heading = Créer un compte
members-join-lede = Suivre des émissions et des personnes, écrire, garder sa propre liste. Aucune énigme à résoudre, aucun numéro de téléphone à donner.
members-join-name-hint = Affiché en public. Un pseudonyme convient.
members-join-email-hint = Jamais affichée. Un code y est envoyé, aussi si vous avez déjà un compte.
members-join-code = Recevoir un code
members-join-passkey = S’inscrire avec une clé d’accès
members-join-passkey-hint = Ou avec votre appareil, et sans adresse e-mail : ne remplissez que le nom. Vous pourrez ajouter une adresse plus tard ; sans elle, un appareil perdu est un compte perdu.
members-join-passkey-failed = La clé d’accès n’a pas marché. Un code par e-mail marche.
members-join-known = Vous avez un compte ?
members-join-keeps = Aucun cookie n’est posé avant votre inscription.

# Une place en public.
members-place-heading = Votre place en public
members-place-lede = Sous ce nom et cet identifiant, les autres vous trouvent. Les deux peuvent changer.
members-place-take = Prendre cette place
members-place-later = Plus tard
members-place-passkey = Vous pouvez ajouter une clé d’accès, ou une adresse, ici :
members-profile-heading = Votre profil
members-profile-lede = Ce que tout le monde voit.
members-profile-see = Le voir
members-name = Nom
members-name-hint = Affiché au-dessus de ce que vous écrivez.
members-handle = Identifiant
members-handle-hint = De 3 à 30 lettres de a à z sans accents, chiffres, - ou _. Les autres écrivent @ et ce nom pour vous appeler.
members-handle-change-hint = Un identifiant que vous quittez mène toujours à vous et n’est donné à personne d’autre.
members-about = À propos de vous
members-about-hint = Du texte simple, jusqu’à 500 caractères.
members-link = Votre site
members-link-hint = Une adresse qui commence par https:// ou http://.
members-save = Enregistrer
members-saved = Enregistré.
members-welcome = Bienvenue. Voici votre place.
members-picture = Image
members-picture-text = Une image carrée. Elle est refaite à partir de ses pixels : le lieu, l’heure et l’appareil ne sont pas gardés.
members-picture-file = Fichier
members-picture-hint = JPEG ou PNG.
members-picture-send = Prendre cette image
members-picture-remove = Supprimer l’image
members-picture-saved = L’image est en place.
members-picture-removed = L’image est supprimée.

# Le chemin entre ses propres pages.
members-own-nav = Vos pages
members-own-account = Compte
members-own-profile = Profil
members-own-notifications = Notifications
members-own-posts = Publications
members-own-clips = Clips
members-own-following = Abonnements
members-own-muted = Masqués
members-own-blocked = Bloqués
members-own-data = Vos données

# Une voix.
members-kind-show = Émission
members-kind-organisation = Organisation
members-joined = ici depuis { $when }
members-edit = Modifier le profil
members-posts = Publications
members-posts-none = Rien pour l’instant
members-posts-none-text = Ce qui est publié ici prendra place sur cette page.
members-followers-count = { $count ->
    [0] aucun abonné
    [one] { $number } abonné
   *[other] { $number } abonnés
 }
members-following-count = { $count ->
    [0] aucun abonnement
    [one] { $number } abonnement
   *[other] { $number } abonnements
 }
members-followers-heading = Qui suit { $name }
members-following-heading = Qui { $name } suit
members-followers-none = Personne pour l’instant
members-followers-none-text = Les abonnés prendront place ici.
members-following-none = Personne pour l’instant
members-following-none-text = Les émissions et les personnes suivies prendront place ici.
members-back-to = Retour à { $name }
members-follow = Suivre
members-follow-name = Suivre { $name }
members-unfollow = Suivi
members-unfollow-name = Suivi : ne plus suivre { $name }
members-mute = Masquer
members-mute-name = Masquer { $name }
members-unmute = Ne plus masquer
members-unmute-name = Ne plus masquer { $name }
members-block = Bloquer
members-block-name = Bloquer { $name }
members-unblock = Débloquer
members-unblock-name = Débloquer { $name }
members-stop = Ne plus suivre
members-muted-note = Vous masquez cette voix : vous ne voyez pas ce qu’elle dit, et elle n’en sait rien.
members-said-follow = Vous suivez { $name }.
members-said-unfollow = Vous ne suivez plus { $name }.
members-said-mute = Vous ne voyez plus ce que dit { $name }. Personne n’est prévenu.
members-said-unmute = Vous voyez de nouveau ce que dit { $name }.
members-said-block = { $name } et vous ne vous voyez plus.
members-said-unblock = { $name } n’est plus bloqué. Aucun abonnement ne revient de lui-même.

# Ses propres listes.
members-list-following = Vos abonnements
members-list-following-lede = Leurs publications sont dans votre fil.
members-list-following-none = Vous ne suivez encore personne
members-list-following-none-text = Ouvrez une émission ou un profil et choisissez « Suivre ».
members-list-muted = Masqués
members-list-muted-lede = Vous ne voyez pas ce que disent ces voix. Elles n’en savent rien, et vous voient.
members-list-muted-none = Vous ne masquez personne
members-list-muted-none-text = Sur un profil, on peut masquer sans bloquer.
members-list-blocked = Bloqués
members-list-blocked-lede = Ces personnes et vous ne vous voyez pas : ni profil, ni publications, ni commentaires.
members-list-blocked-none = Vous ne bloquez personne
members-list-blocked-none-text = Sur un profil, on peut bloquer.

# Notifications.
notices-heading = Notifications
notices-read-all = Tout marquer comme lu
notices-read-said = Tout est marqué comme lu.
notices-new = nouveau
notices-none = Rien pour l’instant
notices-none-text = Quand on vous suit, vous mentionne ou vous répond, c’est ici. Rien de ceux que vous masquez ou bloquez.
notices-who = { $others ->
    [0] { $who }
    [one] { $who } et { $others } autre
   *[other] { $who } et { $others } autres
 }
notices-somebody = Quelqu’un
notices-follow = { $who } vous suivent
notices-follow-one = { $who } vous suit
notices-mention = { $who } vous ont mentionné
notices-mention-one = { $who } vous a mentionné
notices-comment = { $who } ont commenté votre publication
notices-comment-one = { $who } a commenté votre publication
notices-reply = { $who } ont répondu à votre commentaire
notices-reply-one = { $who } a répondu à votre commentaire
notices-reshare = { $who } ont repartagé votre publication
notices-reshare-one = { $who } a repartagé votre publication
notices-quote = { $who } ont cité votre publication
notices-quote-one = { $who } a cité votre publication
notices-digest-heading = Par e-mail
notices-digest-text = Un seul message avec les nouveautés, seulement quand il y en a. Chaque message porte un lien qui les arrête en un clic.
notices-digest = Rythme
notices-digest-off = Jamais
notices-digest-daily = Une fois par jour
notices-digest-weekly = Une fois par semaine
notices-digest-no-address = Votre compte n’a pas d’adresse e-mail. Vous pouvez en ajouter une :
notices-digest-said = Enregistré.
notices-unread = { $count ->
    [one] { $number } nouvelle notification
   *[other] { $number } nouvelles notifications
 }

# Le message avec les nouveautés, et comment l’arrêter.
mail-digest-subject = { $subject }
mail-digest-body =
    { $lines }

    Tout voir : { $page }

    Vous recevez ce message parce que vous l’avez choisi dans vos réglages.
    Pour arrêter ces messages : { $stop }
mail-digest-subject-count = { $count ->
    [one] { $count } nouvelle notification
   *[other] { $count } nouvelles notifications
 }
mail-digest-more = { $count ->
    [one] et { $count } autre
   *[other] et { $count } autres
 }
mail-join-subject = Votre code : { $code }
mail-join-body =
    Votre code : { $code }

    Il fonctionne pendant dix minutes, dans le navigateur où vous l’avez demandé. Si vous avez déjà un compte avec cette adresse, le code vous y connecte.

    Si vous n’avez rien demandé, il n’y a rien à faire.
digest-stop-heading = Messages avec les nouveautés
digest-stop-text = Un clic, et plus aucun de ces messages n’est envoyé. Il n’est pas nécessaire de se connecter.
digest-stop-do = Arrêter ces messages
digest-stop-done = C’est fait. Plus aucun de ces messages n’est envoyé.
digest-stop-again = Vous pouvez les remettre en route :

# Ses propres données.
data-heading = Vos données
data-export = Une copie de tout
data-export-text = Une seule archive (tar) avec vos images, les originaux de vos clips et export.json : votre compte, votre profil, vos publications avec ce qu’elles disaient avant, vos commentaires, vos abonnements, ce que vous masquez et bloquez, et vos notifications, sous une forme que d’autres programmes savent lire.
data-export-do = Télécharger
data-erase = M’effacer
data-erase-text = Votre compte prend fin, tout de suite et sans retour.
data-erase-goes = Ce qui part
data-erase-goes-account = Votre compte : nom, adresse e-mail, mot de passe, clés d’accès, sessions.
data-erase-goes-profile = Votre profil : nom, présentation, lien, image.
data-erase-goes-posts = Vos publications et clips, avec images, vidéo et ce qui y était avant modification.
data-erase-goes-comments = Vos commentaires : texte et nom. Là où quelqu’un a répondu, une place vide reste.
data-erase-goes-bonds = Vos abonnements et vos abonnés, ce que vous masquez et bloquez, vos notifications.
data-erase-stays = Ce qui reste
data-erase-stays-handle = Votre identifiant, réservé et sans nom, pour que personne ne se fasse passer pour vous.
data-erase-stays-log = Les entrées du journal public : des empreintes et des heures, jamais un nom ni un texte.
data-erase-stays-team = Les validations et autres pièces d’une équipe où vous avez travaillé, sur lesquelles d’autres comptent.
data-erase-stays-backup = Les sauvegardes de l’exploitant, jusqu’à leur terme.
data-erase-final = Téléchargez d’abord votre copie : après, il n’y en a plus.
data-erase-confirm = Pour confirmer, tapez le mot
data-erase-confirm-hint = Le mot est : { $word }
data-erase-word = effacer
data-erase-do = M’effacer pour de bon
data-erased-said = Votre compte est effacé. Merci d’avoir été là.

# Une adresse pour un compte qui n’en a pas.
members-address-none = Pas d’adresse e-mail
members-address-add = Ajouter une adresse e-mail
members-address-text = Avec une adresse, vous pouvez vous connecter par un code envoyé quand votre appareil est perdu. Elle n’est jamais affichée.

# Refus.
refusal-last-passkey = C’est le seul accès à votre compte. Ajoutez d’abord une adresse e-mail ou une autre clé d’accès.
refusal-address-taken = Cette adresse a déjà un compte. Connectez-vous-y, ou prenez une autre adresse.
field-address-taken = Cette adresse a déjà un compte.
field-handle-taken = Cet identifiant est pris, ou a été celui de quelqu’un.
field-handle-often = Vous avez déjà pris deux identifiants en un jour : un autre demain.
field-handle-many = Vous avez eu autant d’identifiants qu’on en garde. L’un de ceux que vous aviez peut redevenir le vôtre.
field-confirm-word = Tapez exactement le mot.
field-handle-form = De 3 à 30 lettres de a à z sans accents, chiffres, - ou _, avec une lettre au moins ; ni - ni _ au bord ou à la suite.
field-link = Donnez une adresse web entière, comme https://exemple.org.
refusal-join-first = Prenez d’abord votre place en public : il suffit d’un nom et d’un identifiant.
refusal-changed-meanwhile = Cela a changé entre-temps. Rien n’a été enregistré.
refusal-yourself = On ne se suit, masque ni bloque soi-même.
refusal-unblock-first = Vous bloquez cette personne. Débloquez-la d’abord.
refusal-mute-instead = Une émission ou une organisation ne se bloque pas ; elle peut être masquée.
members-gone = Quelqu’un qui n’est plus là
members-to-show = La page de l’émission
members-to-site = L’accueil du site

# L’API.
api-group-members = Membres
api-op-read-member = Une voix par son identifiant : membre, émission ou organisation.
api-op-read-me = La place en public de qui a fait le jeton.
api-op-edit-me = Changer son propre profil.
api-op-list-following = Ses abonnements, du plus récent au plus ancien.
api-op-follow = Suivre une voix.
api-op-unfollow = Ne plus suivre une voix.
api-op-list-muted = Qui l’on masque.
api-op-mute = Masquer une voix. Elle n’en sait rien.
api-op-unmute = Ne plus masquer une voix.
api-op-list-blocked = Qui l’on bloque.
api-op-block = Bloquer un membre : aucun des deux ne voit l’autre.
api-op-unblock = Lever un blocage.
api-op-list-notifications = Ce qui s’est passé, du plus récent au plus ancien ; rien de qui l’on masque ou bloque.
api-op-read-notifications = Marquer comme lu tout ce qui précède.

# Ailleurs.
members-no-account = Pas encore de compte ?
privacy-member = Avoir une place en public
privacy-member-kept = Votre nom, votre identifiant, votre image et ce que vous avez écrit ; qui vous suivez, masquez et bloquez ; ce qui vous est arrivé. Une adresse donnée à l’inscription est gardée dix minutes si le code n’est pas tapé.
privacy-member-long = Jusqu’à ce que vous le changiez, le supprimiez ou vous effaciez ; l’identifiant reste réservé, sans nom.

privacy-people = Si vous rejoignez le site : profil, abonnements, comptes masqués et bloqués, notifications
privacy-people-kept = Ce que vous avez écrit de vous, votre portrait refait sans les données de l’appareil, qui vous suivez, masquez ou bloquez et depuis quand, ce qu’on vous a signalé. Votre identifiant reste réservé, sans votre nom, pour que personne ne se fasse passer pour vous.
privacy-people-long = Tant que vous restez. Tout s’emporte et s’efface depuis votre compte.
privacy-post = Vos publications et vos clips
privacy-post-kept = Vos mots, leurs versions d’avant, images refaites et leurs descriptions, vidéos, sous-titres, et ce que les pages liées disent d’elles-mêmes. L’original d’une vidéo n’est rendu qu’à vous, ou à ceux qui publient au nom de l’émission ; son empreinte est dans le journal public.
privacy-post-long = Jusqu’à ce que vous les supprimiez. L’empreinte d’un clip reste dans le journal public et ne dit rien de personne.
