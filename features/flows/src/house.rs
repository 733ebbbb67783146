//! The tools of a running house.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use kernel::{Clock, Error, OrganisationId, Result, Rng};
use outbound::Mailer;
use store::blobs::Blobs;
use store::{Db, Tx};
use vault::Vault;

use crate::booking::Queue;
use crate::checking::Checker;

/// How long a reader waits for the access log to have room: what cannot be logged is not read.
const LOG_PATIENCE: Duration = Duration::from_secs(2);

/// The house. Clones are the same house.
#[derive(Clone)]
pub struct House(Arc<Furnished>);

struct Furnished {
    rooms: Rooms,
    bookings: Queue,
}

/// What a house has.
pub struct Rooms {
    /// The rows.
    pub db: Db,
    /// The keys.
    pub vault: Vault,
    /// The access log.
    pub log: audit::Log,
    /// The files, sealed.
    pub blobs: Blobs,
    /// Where time comes from.
    pub clock: Clock,
    /// Where chance comes from.
    pub rng: Rng,
    /// Sign-in: the password pool and its brakes.
    pub desk: identity::Desk,
    /// How mail leaves; `None` as long as the operator named no mail server.
    pub mailer: Option<Mailer>,
    /// What has files looked at for viruses; `None` as long as the operator named no scanner.
    pub checker: Option<Checker>,
    /// What the operator chose.
    pub settings: Settings,
}

/// What the operator chose, as far as features and wires need to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address of this server as its clients know it, without a trailing slash; also the OAuth issuer.
    pub public_url: String,
    /// Calls a second that one token may make on the messenger's REST API; 0 for any number.
    pub messenger_calls_per_second: u32,
    /// Requests a second that one address may make of pages and OAuth endpoints; 0 for any number.
    pub address_requests_per_second: u32,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The base paths of the KPN messenger's REST API.
    pub kpn_paths: Vec<String>,
    /// The base paths of the patient portal's API.
    pub portal_paths: Vec<String>,
    /// How the ids of availabilities look there.
    pub availability_ids: AvailabilityIds,
    /// Calls a second that one token may make there; 0 for any number.
    pub portal_calls_per_second: u32,
    /// Gateway sessions that are open at once; 0 for any number.
    pub gateway_sessions_max: u32,
    /// Gateway sessions of one person in one organisation; 0 for any number.
    pub gateway_sessions_per_person_max: u32,
    /// Whether the sandbox's pages and hints are shown at `/`.
    pub is_demo: bool,
    /// Whether other servers may write to the same database, of whose commits this one hears nothing.
    pub is_shared: bool,
}

/// How the ids of availabilities look, which no client may read anything from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AvailabilityIds {
    /// As ours: safe in addresses and forms.
    #[default]
    Plain,
    /// In three pieces, as the vendor's.
    Vendor,
}

impl House {
    /// Furnishes a house.
    #[must_use]
    pub fn new(rooms: Rooms) -> Self {
        Self(Arc::new(Furnished { rooms, bookings: Queue::new() }))
    }

    /// Runs a short reading body, once the access log has room for the lines that it leaves.
    ///
    /// # Errors
    /// As [`Db::read`]; [`Error::Unavailable`] when the log has no room for two seconds.
    pub async fn read<I, T>(
        &self,
        input: I,
        body: impl for<'c> Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync + 'static,
    ) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.log_must_have_room().await?;
        self.db.read(input, body).await
    }

    /// As [`House::read`], for a body that may read for long.
    ///
    /// # Errors
    /// As [`House::read`].
    pub async fn read_long<I, T>(
        &self,
        input: I,
        body: impl for<'c> Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync + 'static,
    ) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        self.log_must_have_room().await?;
        self.db.read_long(input, body).await
    }

    /// Runs a body that changes what is booked in an organisation, once it is its turn: it waits without a connection of the
    /// database, which others need meanwhile. The turn lasts as long as the transaction, which goes on when its caller is
    /// gone.
    ///
    /// # Errors
    /// As [`Db::write`]; [`Error::Unavailable`] when there are too many.
    pub async fn write_booking<I, T>(
        &self,
        organisation: OrganisationId,
        input: I,
        body: impl for<'c> Fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync + 'static,
    ) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let turn = self.0.bookings.turn(organisation).await?;
        self.db.write((turn, input), move |tx, (_, input)| body(tx, input)).await
    }

    async fn log_must_have_room(&self) -> Result<()> {
        let room = tokio::time::timeout(LOG_PATIENCE, self.log.room()).await;
        room.map_err(|_| Error::unavailable("the access log cannot be written"))
    }
}

impl Deref for House {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0.rooms
    }
}
