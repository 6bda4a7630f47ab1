# Comments as their readers and writers see them, and what is kept about people.

# The thread.
talk-heading = { $count ->
    [0] Commentaires
    [one] { $count } commentaire
   *[other] { $count } commentaires
 }
talk-pick = { $count ->
    [0] Avis
   *[other] { $count } avis
 }
talk-write = Écrire un commentaire
talk-none = Personne n’a encore écrit ici.
talk-team = Équipe
talk-edited = modifié
talk-removed = Commentaire retiré
talk-reply = Répondre
talk-reply-to = Répondre à { $name }
talk-by-other = Auteur retiré
talk-more = { $count ->
    [one] Voir { $count } autre réponse
   *[other] Voir { $count } autres réponses
 }
talk-older = Commentaires plus anciens
talk-newest = Retour aux plus récents
talk-all = Tous les commentaires
talk-branch-heading = La suite de l’échange
talk-closed-episode = Les commentaires de cet épisode sont fermés.
talk-closed-post = Les commentaires de cette publication sont fermés.
talk-back-episode = Retour à l’épisode
talk-about-post = une publication
talk-back-post = Retour à la publication
talk-page-heading = Commentaires sur « { $title } »
talk-feed = Commentaires : { $title }
talk-feed-by = { $name }, sur « { $title } »

# The form.
talk-form-heading = Laisser un commentaire
talk-form-reply = Répondre à { $name }
talk-form-private = Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *
talk-form-required = Les champs obligatoires sont indiqués avec *
talk-field-body = Commentaire
talk-field-name = Nom
talk-field-email = Adresse e-mail
talk-field-email-hint = Privée : l’équipe de modération la voit, personne d’autre.
talk-field-url = Site web (facultatif)
talk-field-trap = Laissez ce champ vide
talk-remember = Garder mon nom et mon adresse sur cet appareil pour mon prochain commentaire.
talk-send-link = M’envoyer par e-mail le lien pour modifier ou supprimer ce commentaire.
talk-publish = Publier le commentaire
talk-first-read = Un premier message est relu avant d’apparaître.
talk-form-kept = Ce que nous gardons de votre commentaire
talk-you-write-as = Vous écrivez sous le nom de
talk-forget = Ce n’est pas vous ? Oublier ce nom
talk-reply-cancel = Ne plus répondre
talk-send-failed = L’envoi n’a pas abouti. Votre texte est toujours là, réessayez.
talk-sending = Envoi en cours…

# The look before it is sent.
talk-preview-heading = Relisez avant de publier
talk-preview-text = Votre commentaire n’est pas encore envoyé. Voici comment il se lira.
talk-change = Modifier

# The writer's own page.
talk-own-heading = Votre commentaire
talk-own-held = En attente
talk-own-held-text = Une personne de l’équipe le lira avant qu’il apparaisse. Vous pouvez revenir sur cette page pour savoir où il en est.
talk-own-visible = Visible
talk-own-visible-text = Tout le monde peut le lire.
talk-own-removed = Retiré
talk-own-removed-text = L’équipe de modération ne l’a pas publié, ou l’a retiré.
talk-own-deleted = Supprimé
talk-own-deleted-text = Vous l’avez supprimé. Son texte n’est plus ici.
talk-own-see = Le voir dans la page
talk-own-link = Votre lien
talk-own-link-text = Gardez cette adresse : elle seule permet de modifier ou de supprimer votre commentaire. Ne la donnez à personne.
talk-own-edit = Modifier le texte
talk-own-save = Enregistrer
talk-own-delete = Supprimer
talk-own-delete-text = La suppression est définitive. Les réponses des autres restent, sous la mention « Commentaire retiré ».
talk-own-delete-sure = Oui, supprimer définitivement ce commentaire
talk-own-said-sent = Merci, votre commentaire est enregistré.
talk-own-said-edited = Votre texte est enregistré.
talk-own-said-deleted = Votre commentaire est supprimé.
talk-own-mailed = Le lien part aussi par e-mail.
talk-forgot = Cet appareil ne garde plus votre nom ni votre adresse.

# Mails.
mail-comment-link-subject = Votre commentaire sur { $title }
mail-comment-link-body =
    Voici le lien que vous avez demandé. Il permet de voir où en est votre commentaire sur « { $title } », de le modifier ou de le supprimer :

    { $page }

    Gardez-le pour vous : qui l’a peut faire de même.
mail-comment-erase-subject = Effacer vos commentaires
mail-comment-erase-body =
    Quelqu’un a demandé sur { $site } l’effacement des commentaires écrits avec cette adresse.

    Ce lien fonctionne pendant 24 heures et montre ce qui serait effacé avant de le faire :

    { $page }

# What is kept about people.
privacy-heading = Ce que nous gardons de votre visite
privacy-lede = Cette page dit tout ce que ce site garde de vous, pourquoi et pour combien de temps. Rien ne part chez un tiers.
privacy-how-long = Combien de temps :
privacy-visit = Lire une page
privacy-visit-kept = Un chiffre par page et par heure, avec la catégorie du site d’où vous venez. Pour ne pas compter deux fois la même lecture : une empreinte salée de votre réseau (/64 en IPv6), de votre navigateur et de la page.
privacy-visit-long = Le sel d’un jour est détruit à la fin du lendemain ; après, il ne reste que des chiffres.
privacy-listen = Écouter un épisode
privacy-listen-kept = Combien d’octets sont partis et quand, sous une empreinte salée de votre réseau (/64 en IPv6), de votre application et de l’épisode. Ni adresse IP, ni identifiant.
privacy-listen-long = Le sel d’un jour est détruit à la fin du lendemain ; après, il ne reste que des chiffres.
privacy-comment = Écrire un commentaire
privacy-comment-kept = Votre nom, votre site et votre texte, que tout le monde lit. Votre adresse e-mail, chiffrée, que seule l’équipe de modération peut lire. Pour reconnaître les envois en masse : une empreinte de votre réseau.
privacy-comment-long = Le commentaire : jusqu’à ce que vous l’effaciez. L’adresse : un an. L’empreinte du réseau : { $days } jours.
privacy-link = Demander le lien par e-mail
privacy-link-kept = Rien de plus que le commentaire : votre adresse reste chiffrée jusqu’à l’envoi.
privacy-link-long = Le temps de l’envoi.
privacy-sign-in = Se connecter
privacy-sign-in-kept = Votre adresse e-mail et votre nom ; pour chaque connexion, ce que le navigateur dit de lui-même, pour que vous la reconnaissiez.
privacy-sign-in-long = Le compte : tant qu’il existe. Une connexion : { $days } jours après sa dernière utilisation.
privacy-cookies = Cookies
privacy-cookies-text = Aucun avant un choix de votre part. Il en existe deux :
privacy-cookie-session = { $name } : votre connexion, si vous vous connectez. Il part quand vous vous déconnectez, et au plus tard au bout de { $days } jours.
privacy-cookie-commenter = { $name } : votre nom et votre adresse, chiffrés, si vous cochez « Garder mon nom et mon adresse ». Il dure un an ; le bouton « Oublier ce nom » du formulaire l’efface.
privacy-limits = Contre les abus, le serveur compte en mémoire, sans l’écrire, ce que fait un même réseau pendant un jour au plus.
privacy-erase = Effacer mes commentaires
privacy-erase-text = Entrez l’adresse avec laquelle vous avez écrit. Nous y envoyons un lien, valable 24 heures, qui montre ce qui serait effacé.
privacy-erase-field = Adresse e-mail de vos commentaires
privacy-erase-send = Recevoir le lien
privacy-erase-said = Si des commentaires ont été écrits avec cette adresse, un message y arrive dans les prochaines minutes.
privacy-erasing = Effacer vos commentaires
privacy-erasing-count = { $count ->
    [one] { $count } commentaire a été écrit avec votre adresse.
   *[other] { $count } commentaires ont été écrits avec votre adresse.
 }
privacy-erasing-none = Aucun commentaire ne porte plus votre adresse.
privacy-erasing-choice = Que faut-il effacer ?
privacy-erasing-identity = Mon identité seulement
privacy-erasing-identity-hint = Votre adresse, votre nom et votre site disparaissent ; vos textes restent, sans nom.
privacy-erasing-all = Mon identité et mes textes
privacy-erasing-all-hint = Il reste la mention « Commentaire retiré » là où d’autres ont répondu.
privacy-erasing-do = Effacer maintenant
privacy-erasing-done = C’est fait : rien ici ne porte plus votre adresse.
privacy-erasing-final = L’effacement est immédiat et définitif.


# The API.
api-group-comments = Commentaires
api-op-list-comments = Donne les commentaires visibles d’un épisode, du plus récent au plus ancien
api-op-say-comment = Écrit un commentaire au nom de la personne du jeton
api-op-edit-comment = Change le texte d’un de ses commentaires
api-op-delete-comment = Supprime un de ses commentaires
