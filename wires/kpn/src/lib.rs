//! The KPN Healthcare Messenger REST API.
