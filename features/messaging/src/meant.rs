//! Whom a message means besides its author: those whom it speaks to, and those whom it asks. They stand in it by the ids
//! that they had when it was written.

use std::collections::HashMap;

use kernel::PersonId;

use crate::mentions::{self, Mentions};
use crate::messages::Message;
use crate::request::Request;

impl Message {
    /// Those whom it asks, who were in the chat when it did.
    #[must_use]
    pub fn asked(&self) -> &[PersonId] {
        self.request.as_ref().map_or(&[], |request| request.asked().1)
    }

    /// Those whom it speaks to. They may be anybody, and nobody.
    #[must_use]
    pub fn spoken_to(&self) -> Vec<PersonId> {
        Mentions::of(&self.text).people
    }

    /// Has it mean the same people by the ids that they have now, as it is shown: what is kept stays as it was written.
    pub fn mean_by(&mut self, now: &HashMap<PersonId, PersonId>) {
        if Mentions::of(&self.text).people.iter().any(|person| now.contains_key(person)) {
            self.text = mentions::renamed(&self.text, now);
        }
        let of = |person: PersonId| now.get(&person).copied().unwrap_or(person);
        match &mut self.request {
            Some(Request::Question(question)) => {
                question.asked.iter_mut().for_each(|person| *person = of(*person));
            }
            Some(Request::Verification(verification)) => verification.person = of(verification.person),
            None => {}
        }
    }
}
