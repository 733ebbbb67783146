//! An authorization request against what is known of its client and of who has signed in.

use kernel::{Actor, Origin, PersonId, Result, Role, Scopes};
use secrecy::SecretString;
use store::Tx;
use vault::Vault;

use crate::codes::SignedIn;
use crate::log::By;
use crate::protocol::authorize::{self, Decision, Visitor};
use crate::protocol::form::Form;
use crate::{Client, Recognised, clients, codes, grants, memberships, recognise_session, standing, subjects};

/// What becomes of a request, and on what grounds.
#[derive(Clone, Debug)]
pub struct Considered {
    /// What becomes of it.
    pub decision: Decision,
    /// The client, when there is one of that id.
    pub client: Option<Client>,
    /// Who has signed in.
    pub who: Option<Recognised>,
    /// What they are in the client's organisation.
    pub roles: Vec<Role>,
}

impl Considered {
    /// Who has signed in, as an actor in the client's organisation; `None` when they do not belong to it.
    #[must_use]
    pub fn actor(&self, origin: Origin) -> Option<Actor> {
        let (client, who) = (self.client.as_ref()?, self.who.as_ref()?);
        let role = memberships::leading(&self.roles)?;
        Some(Actor { organisation: client.organisation, role, ..who.actor(origin) })
    }
}

/// What a request and its browser bring besides the words of the request.
#[derive(Clone, Debug, Default)]
pub struct Brought {
    /// The hash of the browser's session secret.
    pub session: Option<[u8; 32]>,
    /// Whom the request means.
    pub hint: Option<Hint>,
}

/// Whom an ID token of ours named, and to which client (`id_token_hint`). What was no token of ours names nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// The person, as that client calls them.
    pub subject: String,
    /// The `client_id`.
    pub audience: String,
}

impl Hint {
    /// Whether it names this person to this client.
    #[must_use]
    pub fn names(&self, vault: &Vault, client: &Client, person: PersonId) -> bool {
        self.audience == client.client_id() && self.subject == subjects::of(vault, client, person)
    }
}

/// Considers a request.
pub async fn consider(tx: &Tx, form: &Form, brought: &Brought) -> Result<Considered> {
    let client = match authorize::client_named(form) {
        Some(id) => clients::find_named(tx, id).await?,
        None => None,
    };
    let who = match &brought.session {
        Some(hash) => recognise_session(tx, hash).await?,
        None => None,
    };
    let (mut roles, mut granted) = (Vec::new(), None);
    if let (Some(client), Some(who)) = (&client, &who) {
        roles = memberships::roles(tx, client.organisation, who.person).await?;
        granted = grants::find(tx, who.person, client).await?.map(|grant| grant.scopes);
    }
    let vault = tx.tool::<Vault>()?;
    let visitor = who.as_ref().and_then(|who| {
        let names = |hint: &Hint| client.as_ref().is_some_and(|one| hint.names(vault, one, who.person));
        let is_another = brought.hint.as_ref().is_some_and(|hint| !names(hint));
        let signed_in_ms = who.signed_in_ms?;
        Some(Visitor { roles: roles.clone(), signed_in_ms, methods: who.methods, is_another })
    });
    let decision = authorize::authorize(form, client.as_ref(), visitor.as_ref(), granted, tx.now_ms());
    Ok(Considered { decision, client, who, roles })
}

/// Considers a request in the same transaction that issues its code; without a code, the decision is another.
pub async fn issue(
    tx: &Tx,
    form: &Form,
    brought: &Brought,
    origin: Origin,
) -> Result<(Considered, Option<SecretString>)> {
    // Whose standing it is shows by a first look; what counts is how they stand once it is held.
    if let Some(hash) = &brought.session
        && let Some(who) = recognise_session(tx, hash).await?
    {
        standing::hold(tx, who.person).await?;
    }
    let considered = consider(tx, form, brought).await?;
    let Considered { decision, client, who, .. } = &considered;
    let code = match (decision, client, who, considered.actor(origin)) {
        (Decision::IssueCode(answer, order), Some(client), Some(who), Some(actor)) => {
            let signed_in = SignedIn { at_ms: who.signed_in_ms.unwrap_or_default(), methods: who.methods };
            let (by, whose) = (By::Actor(&actor), (who.person, signed_in));
            Some(codes::issue(tx, by, whose, client, &answer.redirect_uri, order).await?)
        }
        _ => None,
    };
    Ok((considered, code))
}

/// Notes what somebody answered to the question whether a client may have these scopes. Of what they were shown
/// only that is granted which they can still allow.
pub async fn answer(
    tx: &Tx,
    form: &Form,
    brought: &Brought,
    allowed: Option<Scopes>,
    origin: Origin,
) -> Result<()> {
    let considered = consider(tx, form, brought).await?;
    let (Decision::NeedConsent(asked), Some(client), Some(actor)) =
        (&considered.decision, &considered.client, considered.actor(origin))
    else {
        return Ok(());
    };
    match allowed {
        None => grants::note_denial(tx, &actor, client).await,
        Some(shown) if shown.and(*asked).is_empty() => Ok(()),
        Some(shown) => {
            grants::allow(tx, By::Actor(&actor), actor.person, client, shown.and(*asked)).await.map(drop)
        }
    }
}
