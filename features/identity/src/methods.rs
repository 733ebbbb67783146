//! How somebody proved who they are.

/// One way of proving it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Method {
    /// A password.
    Password = 0,
    /// A code of an authenticator application (RFC 6238).
    Totp = 1,
    /// A code that came by SMS.
    Sms = 2,
    /// One of the codes that were written down for when all else is lost.
    Recovery = 3,
    /// A passkey, unlocked by its owner.
    Passkey = 4,
    /// A link that came by mail.
    Link = 5,
}

impl Method {
    /// Every way.
    pub const ALL: [Self; 6] =
        [Self::Password, Self::Totp, Self::Sms, Self::Recovery, Self::Passkey, Self::Link];

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::Sms => "sms",
            Self::Recovery => "recovery",
            Self::Passkey => "passkey",
            Self::Link => "link",
        }
    }

    /// Its name in an ID token's `amr` (RFC 8176 section 2); of a link by mail that registry knows none.
    const fn reference(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Totp | Self::Recovery => "otp",
            Self::Sms => "sms",
            Self::Passkey => "pop",
            Self::Link => "email",
        }
    }
}

/// The ways in which somebody proved who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Methods(u8);

impl Methods {
    /// This way alone.
    #[must_use]
    pub const fn of(method: Method) -> Self {
        Self(1 << method as u8)
    }

    /// These ways and one more.
    #[must_use]
    pub const fn and(self, method: Method) -> Self {
        Self(self.0 | 1 << method as u8)
    }

    /// Whether this way is among them.
    #[must_use]
    pub const fn has(self, method: Method) -> bool {
        self.0 & (1 << method as u8) != 0
    }

    /// Whether two different things were needed: something known, and something held. A passkey is both, since its
    /// owner unlocks it.
    #[must_use]
    pub const fn are_two(self) -> bool {
        let held = self.has(Method::Totp) || self.has(Method::Sms) || self.has(Method::Recovery);
        let first = self.has(Method::Password) || self.has(Method::Link);
        self.has(Method::Passkey) || held && first
    }

    /// Their names in the database, separated by spaces.
    #[must_use]
    pub fn names(self) -> String {
        self.iter().map(Method::name).collect::<Vec<_>>().join(" ")
    }

    /// The ways that such a list names.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        let named = |name: &str| Method::ALL.into_iter().find(|method| method.name() == name);
        list.split(' ').filter_map(named).fold(Self::default(), Self::and)
    }

    /// What an ID token's `amr` says of them (RFC 8176).
    #[must_use]
    pub fn references(self) -> Vec<&'static str> {
        let mut all: Vec<_> = self.iter().map(Method::reference).collect();
        all.dedup();
        if self.are_two() {
            all.push("mfa");
        }
        all
    }

    fn iter(self) -> impl Iterator<Item = Method> {
        Method::ALL.into_iter().filter(move |method| self.has(*method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_factors_are_two_different_things() {
        let password = Methods::of(Method::Password);
        assert!(!password.are_two());
        assert!(!password.and(Method::Link).are_two(), "a mailbox is opened by a password, too");
        assert!(password.and(Method::Totp).are_two() && password.and(Method::Recovery).are_two());
        assert!(Methods::of(Method::Link).and(Method::Sms).are_two());
        assert!(Methods::of(Method::Passkey).are_two());
        assert_eq!(password.and(Method::Totp).references(), ["pwd", "otp", "mfa"]);
        assert_eq!(password.and(Method::Totp).and(Method::Recovery).references(), ["pwd", "otp", "mfa"]);
    }

    #[test]
    fn what_is_kept_is_read_back() {
        for methods in (0..64).map(Methods) {
            assert_eq!(Methods::parse(&methods.names()), methods);
        }
    }
}
