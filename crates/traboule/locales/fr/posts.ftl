# Posts: writing, reading, history, links.

# A post, wherever it stands.
post-by = Par { $name }
post-comments = { $count ->
    [0] Commenter
    [one] { $count } commentaire
   *[other] { $count } commentaires
 }
post-reshare = Repartager
post-reshare-undo = Ne plus repartager
post-quote = Citer
post-passed-on = reprise { $count } fois
post-more = Autres actions, publication par { $name }
post-edit = Modifier
post-edited = modifiée
post-delete = Supprimer
post-remove = Retirer, en modération
post-reshared-by = Repartagée par
post-quoted-deleted = La publication citée a été supprimée par son auteur.
post-quoted-removed = La publication citée a été retirée par la modération.
post-quoted-muted = Cela vient de quelqu’un que vous avez masqué.
post-quoted-show = Afficher
post-quoted-hidden = Ce qui était cité n’est plus là.
post-quoted-more = Voir toute la publication

# Its own page.
post-title = { $name } : « { $words } »
post-title-plain = { $name }, publication
post-undo = Annuler
post-passed-heading = Reprises
post-said-posted = Publié.
post-said-edited = Modification enregistrée. L’ancien texte reste lisible dans l’historique.
post-said-reshared = Vous avez repartagé cette publication.
post-said-unshared = Vous ne repartagez plus cette publication.
post-said-restored = La publication est de nouveau visible.
post-said-removed = La publication est retirée.
post-said-deleted = La publication est supprimée.
post-deleted = Cette publication a été supprimée par son auteur.
post-removed = Cette publication a été retirée par la modération.
post-removed-own = La modération a retiré votre publication. Ici, elle ne se voit plus que de ceux qui peuvent la modifier.
post-removed-team = Cette publication est retirée : seuls son auteur et la modération la voient.
post-preparing = Cette publication se prépare : vous seul la voyez.
post-restore = Rétablir

# Writing.
post-new = Écrire une publication
post-new-quote = Citer
post-new-edit = Modifier la publication
post-publish = Publier
post-save = Enregistrer
post-as = Vous publiez en tant que
post-field-voice = Publier en tant que
post-field-voice-hint = Le nom de la personne qui écrit n’est pas affiché quand une émission ou une organisation publie.
post-field-text = Texte
post-field-text-hint = { $most } caractères au plus. Les liens, @noms et #mots-clés deviennent cliquables, rien d’autre n’est mis en forme.
post-field-lang = Langue du texte
post-field-picture = Ajouter des images
post-field-picture-hint = { $room ->
    [one] JPEG ou PNG, encore { $room } image. Le lieu et l’appareil inscrits dans le fichier sont effacés.
   *[other] JPEG ou PNG, encore { $room } images. Le lieu et l’appareil inscrits dans les fichiers sont effacés.
 }
post-field-alt = Description de l’image { $number }
post-field-alt-hint = Ce qu’on y voit, pour qui ne la voit pas. Obligatoire.
post-pictures = Images
post-pictures-none = Aucune image.
post-pictures-fixed = Les images d’une publication ne changent plus ; leurs descriptions, oui.
post-picture-add = Envoyer les images
post-picture-drop = Enlever l’image { $number }
post-count = Encore { $left } caractères
post-you-quote = Vous citez :
post-look = Aperçu
post-look-button = Aperçu
post-look-text = Rien n’est encore publié.
post-unknown = { $count ->
    [one] Personne ne s’appelle { $names } ici : ce restera du texte.
   *[other] Personne ne s’appelle { $names } ici : ce seront de simples mots.
 }
post-theirs = La publication a été modifiée entre-temps. Voici ce qu’elle dit maintenant ; votre texte est gardé plus bas.
post-not-member = Pour publier, il faut d’abord un nom public.
post-not-member-text = Vous êtes connecté, mais vous n’avez pas encore de profil.
post-not-member-go = Choisir mon nom public
post-langs-fr = Français
post-langs-en = Anglais

# History.
post-history = Historique de la publication
post-history-text = Tout ce que cette publication a dit reste lisible, de la version actuelle à la première.
post-history-now = Maintenant, depuis le
post-history-before = Jusqu’au
post-history-no-words = Aucun texte.
post-history-captions = Sous-titres en « { $lang } » :
post-history-captions-none = Il n’y en avait pas.
post-history-alt = Image { $number } : { $alt }

# Deleting and taking away.
post-delete-heading = Supprimer cette publication ?
post-delete-text = Le texte, les images et les anciennes versions sont effacés. Les commentaires ne sont plus affichés. Là où elle est citée, on lira qu’elle a été supprimée. C’est définitif.
post-delete-reshare-text = Vous ne la repartagerez plus. La publication d’origine n’est pas touchée.
post-remove-button = Retirer
post-remove-heading = Retirer cette publication ?
post-remove-text = Personne d’autre que son auteur et la modération ne la verra plus. L’auteur en est informé. Vous pourrez la rétablir.

# The author's list.
post-mine = Vos publications
post-mine-none = Rien encore
post-mine-none-text = Ce que vous publiez apparaîtra ici, même ce qui n’est plus public.
post-state-preparing = En préparation
post-state-preparing-text = Personne d’autre ne la voit encore.
post-state-removed = Retirée
post-state-removed-text = La modération l’a retirée. Vous seul la voyez encore.

# Other networks.
post-elsewhere = Ailleurs
post-elsewhere-none = Instagram et Facebook : non reliés.
post-elsewhere-more = En savoir plus
post-elsewhere-heading = Publier aussi ailleurs
post-elsewhere-text = Une publication peut être préparée pour des comptes d’autres réseaux. Rien ne part sans que vous l’ayez coché.
post-elsewhere-off = Non relié
post-elsewhere-off-text = Ce serveur ne sait pas encore parler à ce réseau. Rien n’y est envoyé.
post-elsewhere-on = Relié
post-elsewhere-on-text = Vous pourrez cocher ce compte en publiant : { $names }.

# What its author is told.
notices-removed = La modération a retiré votre publication
notices-removed-one = La modération a retiré votre publication

# Ce que lit une équipe.
notices-team-post = La modération a retiré une publication de { $who }
notices-team-post-one = La modération a retiré une publication de { $who }
notices-team-comment = La modération a retiré un commentaire de votre équipe, écrit par { $who }
notices-team-comment-one = La modération a retiré un commentaire de votre équipe, écrit par { $who }

# Refusals.
field-elsewhere-other = Ce compte est lié à un autre nom que celui qui publie.
field-alt-required = Décrivez cette image en quelques mots.
field-too-many-images = Quatre images au plus.
field-quote-words = Ajoutez quelques mots : une reprise sans texte n’a pas d’images.
field-picture-lost = Une image envoyée il y a longtemps n’est plus là. Choisissez-la de nouveau.
field-voice-not-yours = Vous ne pouvez pas publier sous ce nom.
field-language = Choisissez une langue.
refusal-too-many-posts = Vous avez beaucoup publié. Attendez un peu avant de continuer.
refusal-too-many-pictures = Vous avez envoyé beaucoup d’images. Attendez un peu avant de continuer.
refusal-not-editable = Cette publication ne se modifie pas.
refusal-quoted-gone = Ce que vous vouliez reprendre n’est plus là.
refusal-frozen = On ne peut plus répondre à cette publication ni la reprendre pour le moment.

# The API.
api-group-posts = Publications
api-op-list-posts = Liste les publications publiques, les plus récentes d’abord
api-op-read-post = Une publication
api-op-write-post = Écrit une publication, sous son nom ou celui d’une émission ou d’une organisation
api-op-send-post-picture = Envoie une image pour une publication à venir
api-op-edit-post = Modifie le texte et les descriptions d’images d’une publication
api-op-delete-post = Supprime une publication
