//! What becomes of somebody who has proven who they are: a session, or a second question before there is one.

use kernel::{Error, Origin, PersonId, Result};
use secrecy::SecretString;
use store::Tx;

use crate::factors::{self, Offer};
use crate::halves::{self, Half};
use crate::sessions::NewSession;
use crate::sign_in::{self, Account, Arrival};
use crate::{Device, Method, memberships, policies, recognise_session, sessions, standing};

/// What becomes of them.
#[derive(Debug)]
pub enum Arrived {
    /// They are in.
    In(NewSession),
    /// They must prove themselves once more.
    Half {
        /// What the browser keeps in its cookie until then.
        secret: SecretString,
        /// Whether they have anything to do so by; else they set it up first.
        is_enrolled: bool,
    },
}

/// Who goes on: whoever holds the secret of this hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Of a half-done sign-in.
    Half([u8; 32]),
    /// Of a session, which needs to know them better.
    Session([u8; 32]),
}

impl Holder {
    /// The hash.
    #[must_use]
    pub const fn hash(&self) -> [u8; 32] {
        let (Self::Half(hash) | Self::Session(hash)) = self;
        *hash
    }
}

/// The browser that goes on.
#[derive(Clone, Copy, Debug)]
pub struct Goes {
    /// By what.
    pub by: Holder,
    /// The hash of the session secret that the browser held so far.
    pub instead_of: Option<[u8; 32]>,
    /// What kind of browser it is.
    pub device: Device,
    /// The request.
    pub origin: Origin,
}

/// Lets somebody in, or asks them for more: when they have set up a second factor, one of their organisations asks for
/// two, or what they are on their way to does (`needs_two`). `account` is what their password was checked against.
///
/// # Errors
/// [`Error::Unauthenticated`] when they belong nowhere, or are not what they were.
pub async fn arrive(
    tx: &Tx,
    arrival: &Arrival,
    account: Option<&Account>,
    needs_two: bool,
) -> Result<Arrived> {
    let person = arrival.person;
    match account {
        Some(account) => sign_in::confirm(tx, account).await?,
        None => standing::hold(tx, person).await?,
    }
    if arrival.methods.are_two() {
        return sign_in::begin(tx, arrival).await.map(Arrived::In);
    }
    let enrolled = factors::enrolled(tx, person).await?;
    // Who has a passkey may still come by a password, where that will do.
    if !enrolled.is_any() && !needs_two && !policies::needs_two(tx, person).await? {
        return sign_in::begin(tx, arrival).await.map(Arrived::In);
    }
    if memberships::of_person(tx, person).await?.is_empty() {
        return Err(Error::Unauthenticated);
    }
    let half = Half { person, methods: arrival.methods, towards: arrival.towards };
    Ok(Arrived::Half {
        secret: halves::begin(tx, &half, arrival.origin).await?,
        is_enrolled: enrolled.can_prove(),
    })
}

/// Takes what somebody typed, and lets them in with it; `None` when it proves nothing, or they are no longer waited
/// for.
pub async fn complete(tx: &Tx, goes: &Goes, offer: &Offer) -> Result<Option<(Method, NewSession)>> {
    let Some(half) = held(tx, goes.by).await? else { return Ok(None) };
    let Some(method) = factors::take(tx, offer).await? else { return Ok(None) };
    let session = go_in(tx, goes, half, method).await?;
    factors::note(tx, half.person, Some(method), goes.origin).await?;
    policies::settle(tx, half.person).await?;
    Ok(session.map(|session| (method, session)))
}

/// Lets somebody in who set up a second factor just now, and showed that it works. Every other session of theirs that is
/// known by one factor ends: whoever is there may know their password alone.
///
/// # Errors
/// [`Error::Unauthenticated`] when they are no longer waited for.
pub async fn go_on(tx: &Tx, goes: &Goes, method: Method) -> Result<NewSession> {
    let half = held(tx, goes.by).await?.ok_or(Error::Unauthenticated)?;
    let session = go_in(tx, goes, half, method).await?.ok_or(Error::Unauthenticated)?;
    sessions::end_short(tx, half.person, None).await?;
    Ok(session)
}

/// Whose standing it is shows by a first look; what counts is how they stand once it is held.
async fn held(tx: &Tx, by: Holder) -> Result<Option<Half>> {
    let Some(half) = who_goes(tx, by).await? else { return Ok(None) };
    standing::hold(tx, half.person).await?;
    who_goes(tx, by).await
}

/// Holds the standing of somebody, before anything is read that decides, and passes while what they go on by stands.
///
/// # Errors
/// [`Error::Unauthenticated`] when it ended, or is another's.
pub async fn must_stand(tx: &Tx, by: Holder, person: PersonId) -> Result<Half> {
    standing::hold(tx, person).await?;
    let half = who_goes(tx, by).await?.filter(|half| half.person == person);
    half.ok_or(Error::Unauthenticated)
}

/// As [`must_stand`], for somebody who changes how they sign in: who knows a password alone changes nothing of somebody
/// who has more than that. What is asked of a request counts at its end, too: somebody may have signed out everywhere,
/// or set up a second factor, since it began.
///
/// # Errors
/// [`Error::Unauthenticated`] besides when they proved themselves by less than they have.
pub async fn must_be_sure(tx: &Tx, by: Holder, person: PersonId) -> Result<Half> {
    let half = must_stand(tx, by, person).await?;
    if !half.methods.are_two() && factors::enrolled(tx, person).await?.can_prove() {
        return Err(Error::Unauthenticated);
    }
    Ok(half)
}

/// Who goes on, and how they proved themselves so far.
pub async fn who_goes(tx: &Tx, by: Holder) -> Result<Option<Half>> {
    match by {
        Holder::Half(hash) => halves::find(tx, &hash).await,
        Holder::Session(hash) => {
            let who = recognise_session(tx, &hash).await?;
            Ok(who.map(|who| Half {
                person: who.person,
                methods: who.methods,
                towards: Some(who.organisation),
            }))
        }
    }
}

async fn go_in(tx: &Tx, goes: &Goes, half: Half, method: Method) -> Result<Option<NewSession>> {
    if let Holder::Half(hash) = &goes.by
        && !halves::end(tx, hash).await?
    {
        return Ok(None);
    }
    let Half { person, methods, towards } = half;
    let (instead_of, device, origin) = (goes.instead_of, goes.device, goes.origin);
    let arrival = Arrival { person, towards, instead_of, device, methods: methods.and(method), origin };
    sign_in::begin(tx, &arrival).await.map(Some)
}
