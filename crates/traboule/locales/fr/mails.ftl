mail-foot = Ce message vient de { $site }. Si vous ne l’avez pas demandé, vous n’avez rien à faire.
mail-code-subject = Votre code de connexion : { $code }
mail-code-body =
    Votre code : { $code }

    Il fonctionne pendant dix minutes, dans le navigateur où vous l’avez demandé.
mail-verify-subject = Confirmez votre adresse : { $code }
mail-verify-body =
    Votre code de confirmation : { $code }

    Il fonctionne pendant dix minutes.
mail-reset-subject = Nouveau mot de passe : { $code }
mail-reset-body =
    Votre code pour choisir un nouveau mot de passe : { $code }

    Il fonctionne pendant dix minutes. Toutes vos connexions en cours se fermeront.
mail-invited-subject = Une équipe vous attend
mail-invited-body =
    Vous faites maintenant partie d’une équipe sur { $site }.

    Connectez-vous avec cette adresse : un code vous sera envoyé, aucun mot de passe n’est nécessaire.
