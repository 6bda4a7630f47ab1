# Members: sign-up, profiles, follows, notifications.
