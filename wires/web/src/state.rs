//! What every handler of this wire has at hand.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use door::Door;
use door::pages::Cookies;

use crate::guide::{ApiDocs, DemoGuide};
use crate::live::Live;

/// The wire's own state. Clones are the same.
#[derive(Clone)]
pub struct Web(Arc<Desk>);

/// What is behind [`Web`].
pub struct Desk {
    pub door: Door,
    pub cookies: Cookies,
    pub guide: Option<DemoGuide>,
    pub docs: ApiDocs,
    pub live: Live,
}

impl Web {
    pub fn new(door: &Door, guide: Option<DemoGuide>, docs: ApiDocs) -> Self {
        let house = &door.house;
        let cookies = Cookies::at(&house.settings.public_url);
        let live = Live::of(house);
        Self(Arc::new(Desk { door: door.clone(), cookies, guide, docs, live }))
    }
}

impl Deref for Web {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.0
    }
}

impl FromRef<Web> for Door {
    fn from_ref(web: &Web) -> Self {
        web.door.clone()
    }
}
