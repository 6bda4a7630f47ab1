mail-foot = This message comes from { $site }. If you did not ask for it, there is nothing to do.
mail-code-subject = Your sign-in code: { $code }
mail-code-body =
    Your code: { $code }

    It works for ten minutes, in the browser where you asked for it.
mail-verify-subject = Confirm your address: { $code }
mail-verify-body =
    Your confirmation code: { $code }

    It works for ten minutes.
mail-reset-subject = New password: { $code }
mail-reset-body =
    Your code to choose a new password: { $code }

    It works for ten minutes. All your sessions will end.
mail-invited-subject = A team is waiting for you
mail-invited-body =
    You are now part of a team on { $site }.

    Sign in with this address: a code will be sent to you, no password is needed.
