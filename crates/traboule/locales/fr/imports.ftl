# Importer une émission ou un site.

imports-heading = Importer
imports-lead = Apportez une émission qui existe : d’abord une répétition, rien n’est écrit avant votre accord.
imports-by-address = Un flux, par son adresse
imports-by-file = Un fichier
imports-address = Adresse du flux
imports-address-hint = L’adresse RSS que les applications utilisent aujourd’hui.
imports-show = Dans quelle émission
imports-show-new = Nouvelle, ou reconnue
imports-show-hint = Une émission déjà importée est reconnue à son identifiant.
imports-file = Fichier
imports-file-hint = Un flux (RSS) ou un export de WordPress (WXR), { $most } au plus.
imports-rehearse = Répéter
imports-wait = Le serveur lit le flux pendant que la page attend, une minute au plus.
imports-again = Relire une source
imports-again-hint = Ajoute ce qui est nouveau depuis, et ce qui a changé. Ce qui a disparu là-bas reste ici.
imports-look-again = Relire
imports-earlier = Répétitions et imports
imports-col-source = Source
imports-col-state = État
imports-col-when = Date
imports-col-title = Titre et identifiant
imports-col-fate = Effet
imports-state-waiting = Répété
imports-state-done = Importé
imports-state-undone = Annulé
imports-state-over = Expiré
imports-kind-feed = Flux
imports-kind-wxr = Export de WordPress
imports-rehearsal-heading = Répétition
imports-result-heading = Import
imports-nothing-written = Rien n’est encore écrit. Voici ce qui se passerait.
imports-over = Cette répétition a expiré. Recommencez : la source a pu changer.
imports-into-new = Une nouvelle émission serait créée : « { $title } ».
imports-into-known = L’émission « { $title } » est déjà là et recevrait la suite.
imports-see-show = Voir l’émission
imports-jump = Aller à la décision
imports-totals = En chiffres
imports-total-items = { $count ->
    [one] élément
   *[other] éléments
}
imports-total-create = à créer
imports-total-update = à modifier
imports-total-created = { $count ->
    [one] créé
   *[other] créés
}
imports-total-updated = { $count ->
    [one] modifié
   *[other] modifiés
}
imports-total-keep = { $count ->
    [one] inchangé
   *[other] inchangés
}
imports-total-sound = avec un son
imports-total-repeated = { $count ->
    [one] identifiant en double
   *[other] identifiants en double
}
imports-total-moved = { $count ->
    [one] son déplacé
   *[other] sons déplacés
}
imports-total-missing = { $count ->
    [one] absent de la source
   *[other] absents de la source
}
imports-total-pages = { $count ->
    [one] page
   *[other] pages
}
imports-total-comments = { $count ->
    [one] commentaire
   *[other] commentaires
}
imports-total-terms = { $count ->
    [one] catégorie ou étiquette
   *[other] catégories et étiquettes
}
imports-total-attachments = { $count ->
    [one] fichier
   *[other] fichiers
}
imports-total-left-out = { $count ->
    [one] laissé de côté
   *[other] laissés de côté
}
imports-order-newest = Ordre : du plus récent au plus ancien.
imports-order-oldest = Ordre : du plus ancien au plus récent.
imports-order-mixed = Ordre : mêlé ; les épisodes seront rangés par date.
imports-problems = Ce qui a été trouvé
imports-problem-items = (éléments { $items })
imports-missing = Ici, mais plus dans la source
imports-missing-hint = Ces épisodes restent tels qu’ils sont.
imports-more = … et { $count } autres
imports-items = Élément par élément
imports-fate-create = Créer
imports-fate-update = Modifier
imports-fate-keep = Laisser
imports-moved = Le son change d’adresse :
imports-repeated = Un autre élément a le même identifiant.
imports-no-sound = sans son
imports-undated = sans date
imports-untitled = Sans titre
imports-decide = Décider
imports-nothing-new = Rien de nouveau : tout est déjà ici.
imports-locked = Ce flux dit que seul son propriétaire peut l’importer (podcast:locked).
imports-proved = Le flux porte votre preuve : il est à vous.
imports-mine = Ce flux est à nous, je m’en porte garant
imports-mine-hint = Votre nom est gardé avec l’import.
imports-prove = Ou prouvez-le : ajoutez cette ligne au flux, puis répétez.
imports-download = Rapatrier le son et les images
imports-download-hint = En arrière-plan. Sinon, ils restent où ils sont.
imports-run = Importer exactement cela
imports-run-hint = Possible jusqu’au
imports-forget = Oublier cette répétition
imports-done-at = Importé le
imports-said-imported = C’est importé.
imports-said-undone = L’import est annulé.
imports-undo = Annuler cet import
imports-undo-text = Possible tant que personne n’y a travaillé. Les épisodes créés disparaissent, et l’émission si elle l’a été ; les pages deviennent des brouillons ; les identifiants restent réservés.
imports-undo-do = Annuler l’import
imports-undone-text = Cet import a été annulé.
imports-no-undo = Cet import ne peut plus être annulé d’un coup : on y a travaillé, ou il a modifié des épisodes. Dépubliez-les un par un dans le studio.

# Ce qui est trouvé

imports-problem-locked = Le flux est verrouillé par son propriétaire.
imports-problem-missing-guid = Pas d’identifiant : l’adresse du son ou de la page en tient lieu.
imports-problem-repeated-identity = Même identifiant qu’un autre élément : ils sont distingués par leur date.
imports-problem-missing-title = Pas de titre.
imports-problem-missing-enclosure = Pas de son.
imports-problem-several-enclosures = Plusieurs sons : le premier compte.
imports-problem-enclosure-length = La taille du son n’est pas donnée.
imports-problem-media-type = Le type du son a été deviné.
imports-problem-date-missing = Pas de date : l’épisode vient en dernier.
imports-problem-date-unreadable = La date ne se lit pas.
imports-problem-date-zone-missing = La date n’a pas de fuseau : elle a été lue en temps universel.
imports-problem-duration-bad = La durée ne se lit pas.
imports-problem-duration-zero = La durée est nulle.
imports-problem-duration-repaired = La durée a été corrigée.
imports-problem-url-bad = Une adresse ne se lit pas et a été écartée.
imports-problem-url-repaired = Une adresse a été corrigée.
imports-problem-language-bad = La langue n’est pas un code connu.
imports-problem-encoding-wrong = Le codage annoncé n’est pas le bon ; le texte a été lu autrement.
imports-problem-truncated = Le document s’arrête en route ; seuls les éléments entiers comptent.
imports-problem-mismatched-tag = Une balise n’est pas fermée.
imports-problem-namespace-unbound = Un préfixe n’est pas déclaré.
imports-problem-too-many-problems = D’autres remarques ne sont pas listées.
imports-problem-no-items = La source est vide.
imports-problem-version-missing = L’export ne dit pas sa version.
imports-problem-version-unknown = La version de l’export n’est pas connue.
imports-problem-site-untitled = L’export ne nomme pas son site.
imports-problem-left-out-trash = Dans la corbeille là-bas : laissé de côté.
imports-problem-private = Privé là-bas : devient un brouillon.
imports-problem-guarded = Protégé par un mot de passe là-bas : devient un brouillon.
imports-problem-future-undated = Programmé sans date : devient un brouillon.
imports-problem-status-missing = Sans état : devient un brouillon.
imports-problem-status-unknown = État inconnu : devient un brouillon.
imports-problem-frozen = Une décision garde l’épisode tel quel : il le reste.
imports-problem-state-differs = L’état diffère ici et là-bas ; celui d’ici reste.
imports-problem-shortcode-dropped = Ce que montrait un code court de WordPress reste là-bas.
imports-problem-pictures-left = Les images du texte restent là-bas ; leurs descriptions restent.
imports-problem-comments-elsewhere = Des commentaires de pages ou de fichiers sont laissés de côté.
imports-problem-comment-repeated = Un commentaire est en double.
imports-problem-comment-parent-missing = Des commentaires répondent à un autre qui manque.
imports-problem-attachment-without-address = Un fichier n’a pas d’adresse.
imports-problem-page-edited-here = Une page a changé là-bas et ici ; celle d’ici reste.
imports-problem-markup-in-text = Des balises dans un texte n’étaient pas protégées.
imports-problem-text-too-long = Un texte trop long a été coupé.

# Refus

refusal-import-too-large = Ce fichier est trop grand. La ligne de commande en lit de plus grands.
refusal-import-too-many = Il y a trop d’éléments dans cette source.
refusal-import-too-deep = Cette source emboîte trop de balises.
refusal-import-entities = Cette source déclare des entités : c’est refusé par sécurité.
refusal-import-not-a-feed = Ce n’est ni un flux de podcast ni un export de WordPress.
refusal-import-untitled = Ce flux ne nomme pas son émission.
refusal-import-not-wxr = Ce n’est pas un export de WordPress.
refusal-import-malformed = Cet export est abîmé, et rien n’en est deviné. Exportez-le de nouveau depuis WordPress.
refusal-rehearsal-changed = La source n’est pas celle qui a été répétée. Répétez de nouveau.
refusal-rehearsal-done = Cet import est déjà fait.
refusal-rehearsal-over = Cette répétition a expiré. Recommencez.
refusal-rehearsal-gone = Le fichier répété n’est plus là. Répétez de nouveau.
refusal-rehearsals-waiting = Trop de répétitions attendent. Oubliez-en quelques-unes d’abord.
refusal-undo-too-late = Il est trop tard : on a travaillé sur ce que cet import a créé.
field-import-too-large = Ce fichier est trop grand.
field-import-too-many = Trop d’éléments.
field-import-too-deep = Trop de balises emboîtées.
field-import-entities = Le document déclare des entités.
field-import-not-a-feed = Choisissez un flux RSS ou un export de WordPress.
field-import-untitled = Il manque le titre de l’émission.
field-import-not-wxr = Choisissez un export de WordPress.
field-import-malformed = Exportez de nouveau depuis WordPress.
field-import-address-private = Cette adresse n’est pas sur le réseau public.
field-import-address-gone = Il n’y a rien à cette adresse, ou c’est trop grand.
field-import-address-failed = Le serveur de ce flux ne répond pas. Recommencez dans quelques minutes.
field-import-address-slow = Le flux n’est pas arrivé en une minute. Envoyez-le comme fichier.
field-unknown = Ce choix n’existe pas.

# API

api-group-imports = Imports
api-op-rehearse-import = Répète un import : les octets d’un flux ou d’un export de WordPress, ou {"{"}"address", "show"{"}"} en JSON ; n’écrit rien d’autre
api-op-read-import = Donne une répétition, et l’import une fois qu’elle a été jouée
api-op-run-import = Importe exactement ce qui a été répété, une fois
api-op-undo-import = Retire ce qu’un import a créé, tant que personne n’y a travaillé
