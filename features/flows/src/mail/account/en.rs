//! In English.

use super::words::Words;

pub(super) const WORDS: Words = Words {
    password_changed: ["Your password was changed", "The password of your account at {} was changed."],
    password_removed: [
        "Your password was removed",
        "The password of your account at {} was removed. From now on you sign in with a passkey.",
    ],
    passkey_added: [
        "New passkey",
        "A passkey was added to your account at {}. It lets you sign in without a password.",
    ],
    passkey_removed: [
        "Passkey removed",
        "A passkey was removed from your account at {}. You can no longer sign in with it.",
    ],
    passkey_copied: [
        "Please note: a passkey was refused",
        "Somebody tried to sign in at {} with a copy of a passkey of yours. We did not let them in. Remove that passkey, \
         and make a new one if you need it.",
    ],
    reset: [
        "Choose a new password",
        "Somebody asked for a new password for your account at {}. Was it you? Then open this link within half an hour. \
         The link works once:",
    ],
    not_you: "Was this not you? Then sign in, look at your account and change your password:",
    not_asked: "Was it not you? Then you need not do anything. Your password stays as it is.",
    no_answer: "You cannot reply to this e-mail.",
    link: [
        "Signing in at {}",
        "You asked for a link to sign in at {}. The link works once, and for a quarter of an hour. You did not ask for it? Then you need not do anything. Give the link to nobody.",
        "Open this link to sign in:",
    ],
    use_password: [
        "Signing in at {}",
        "Somebody asked for a link to sign in with this address. You work at {} or elsewhere. That is why you sign in with your password, and not with a link.",
        "Sign in here:",
    ],
    factor_added: [
        "Your account has extra protection",
        "Extra protection was set up for your account at {}. From now on you also need a code to sign in. It was not you? Then call your care provider.",
        "See your account:",
    ],
    factor_removed: [
        "Extra protection was removed",
        "Extra protection was removed from your account at {}. It was not you? Then change your password and call your care provider.",
        "See your account:",
    ],
    recovery_used: [
        "A recovery code was used",
        "One of your recovery codes was used to sign in to your account at {}. It was not you? Then change your password and call your care provider.",
        "See your account:",
    ],
    unanswered: "This e-mail cannot be answered.",
};
