//! Access tokens: opaque, hashed, and ended by whatever they rest on.

use kernel::{ClientId, Error, Event, GrantId, Origin, PersonId, Result, Role, Scopes, TokenId};
use secrecy::SecretString;
use store::{Row, Tx, args};

use crate::log::{self, By, Granted};
use crate::protocol::credentials::Credentials;
use crate::rows::grants as rows;
use crate::{Client, clients, grants, memberships, refresh, scopes, secret};

/// What came of a token that somebody gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenBack {
    /// It has ended.
    Ended,
    /// It is none of the client's.
    NotTheirs,
    /// The client is not who it says.
    Unproven,
}

/// What an access token stands on.
pub(crate) struct NewToken<'a> {
    /// Under which grant.
    pub grant: GrantId,
    /// The code that it came of, which takes it back when it is used twice.
    pub code_hash: Option<&'a [u8; 32]>,
    /// The refresh tokens that it ends with.
    pub family: Option<TokenId>,
    /// The application that got it for another's, and that token of the other.
    pub exchanged: Option<(ClientId, TokenId)>,
    /// What it is good for.
    pub scopes: Scopes,
    /// For how long.
    pub life_ms: i64,
}

impl NewToken<'_> {
    /// One that stands on a grant alone.
    pub(crate) const fn under(grant: GrantId, scopes: Scopes, life_ms: i64) -> Self {
        Self { grant, code_hash: None, family: None, exchanged: None, scopes, life_ms }
    }
}

/// Mints a token under a grant; it is told this once.
pub(crate) async fn mint(tx: &Tx, new: &NewToken<'_>) -> Result<SecretString> {
    let token = vault::secret(tx.rng());
    keep(tx, &token, new).await?;
    Ok(token)
}

/// Keeps a token that was made elsewhere.
pub(crate) async fn keep(tx: &Tx, token: &SecretString, new: &NewToken<'_>) -> Result<()> {
    let id: TokenId = tx.new_id();
    let now = tx.now_ms();
    let (hash, scopes, ends_ms) = (secret::hash(token), new.scopes.names(), now + new.life_ms);
    let (actor, subject) = new.exchanged.as_ref().map(|(actor, subject)| (actor, subject)).unzip();
    let family = new.family.as_ref();
    let values = args![&id, &hash, &new.grant, new.code_hash, &scopes, now, ends_ms, family, actor, subject];
    tx.run(rows::INSERT_TOKEN, &values).await.map(drop)
}

/// A token without a browser, for trying things out: only in a sandbox organisation, and only for what the
/// person could have allowed the client themselves. Who asks for more gets none: a token that is good for less than it
/// was asked for would be refused later, and nothing would say why.
pub async fn for_sandbox(
    tx: &Tx,
    by: By<'_>,
    person: PersonId,
    client: &Client,
    wanted: Scopes,
) -> Result<SecretString> {
    if !client.sandbox {
        let why = "Tokens without a browser are for sandbox organisations only.";
        return Err(Error::not_allowed("not_a_sandbox", why));
    }
    let roles = memberships::roles(tx, client.organisation, person).await?;
    must_be_grantable(wanted, client.scopes, scopes::grantable(&roles))?;
    let grant = grants::allow(tx, by, person, client, wanted).await?;
    let (organisation, patient) = (client.organisation, roles.contains(&Role::Patient).then_some(person));
    let granted = Granted { organisation, person, patient, client: client.id, grant: grant.id };
    log::token_issued(tx, &granted, None).await?;
    mint(tx, &NewToken::under(grant.id, wanted, client.token_life_ms)).await
}

/// Names what of these scopes the client may not ask for, and what the person may not allow.
fn must_be_grantable(wanted: Scopes, of_client: Scopes, of_person: Scopes) -> Result<()> {
    let beyond = |may: Scopes| wanted.iter().filter(|scope| !may.has(*scope)).collect::<Scopes>().names();
    let why = match (beyond(of_client), beyond(of_person)) {
        _ if wanted.is_empty() => "No scope was asked for.".to_owned(),
        (asked, allowed) if asked.is_empty() && allowed.is_empty() => return Ok(()),
        (asked, allowed) if allowed.is_empty() => format!("The application may not ask for: {asked}."),
        (asked, allowed) if asked.is_empty() => format!("The person may not allow: {allowed}."),
        (asked, allowed) => {
            format!("The application may not ask for: {asked}; the person may not allow: {allowed}.")
        }
    };
    Err(Error::not_allowed("scope_not_grantable", why))
}

/// Revokes a token that a client holds (RFC 7009): an access token alone, a refresh token with all that came of the
/// same code. One of another client, or of nobody, is left alone and to be answered the same.
pub async fn revoke(tx: &Tx, who: &Credentials, token: &str, origin: Origin) -> Result<GivenBack> {
    let Some(client) = clients::authenticate(tx, who).await? else {
        return Ok(GivenBack::Unproven);
    };
    let hash = vault::token_hash(token);
    let values = args![&hash, &client.id, tx.now_ms()];
    let map = |row: &Row<'_>| Ok((row.get::<TokenId>(0)?, row.get(1)?, row.get(2)?));
    let (grant, person) = if let Some((token, grant, person)) = tx.one(rows::REVOKE, &values, map).await? {
        let given_for_it = args![&token, tx.now_ms()];
        tell(tx, tx.all(rows::REVOKE_OF_SUBJECT, &given_for_it, |row| row.get(0)).await?);
        tell(tx, vec![token]);
        (grant, person)
    } else {
        let found = refresh::find(tx, &hash, client.id).await?;
        let Some(found) = found.filter(|found| !found.kept.has_ended) else {
            return Ok(GivenBack::NotTheirs);
        };
        refresh::end(tx, found.family).await?;
        (found.grant, found.person)
    };
    let granted = grants::granted(tx, client.organisation, person, client.id, grant).await?;
    log::token_given_back(tx, &granted, origin).await?;
    Ok(GivenBack::Ended)
}

pub(crate) async fn revoke_of_code(tx: &Tx, code_hash: &[u8; 32]) -> Result<()> {
    tell(tx, tx.all(rows::REVOKE_OF_CODE, &args![code_hash, tx.now_ms()], |row| row.get(0)).await?);
    Ok(())
}

pub(crate) async fn revoke_of_family(tx: &Tx, family: TokenId) -> Result<()> {
    tell(tx, tx.all(rows::REVOKE_OF_FAMILY, &args![&family, tx.now_ms()], |row| row.get(0)).await?);
    Ok(())
}

pub(crate) async fn revoke_of_grants(tx: &Tx, grants: &[GrantId]) -> Result<()> {
    tell(tx, tx.all_of(rows::REVOKE_OF_GRANTS, grants, &args![tx.now_ms()], |row| row.get(0)).await?);
    Ok(())
}

pub(crate) async fn revoke_of_client(tx: &Tx, client: ClientId) -> Result<()> {
    tell(tx, tx.all(rows::REVOKE_OF_CLIENT, &args![&client, tx.now_ms()], |row| row.get(0)).await?);
    Ok(())
}

fn tell(tx: &Tx, revoked: Vec<TokenId>) {
    revoked.into_iter().for_each(|token| tx.emit(Event::TokenRevoked { token }));
}

/// Removes tokens that ended longer than `kept_ms` ago; some at a time, and says how many.
pub async fn sweep(tx: &Tx, kept_ms: i64, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP_TOKENS, &args![tx.now_ms() - kept_ms, most]).await
}
