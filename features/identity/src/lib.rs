//! People, organisations, memberships, clients, sessions, tokens and consent.
