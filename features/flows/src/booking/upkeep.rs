//! What booking needs done by itself: holds that are over are given up, and appointments stay at the hour that was told.

use std::time::Duration;

use booking::appointments::{self, RESETTLED_AT_ONCE};
use booking::holds;
use kernel::{OrganisationId, Result};
use tokio::time::{MissedTickBehavior, interval};

use crate::House;

/// How often holds are looked at. They count no longer once they are over; those who wait hear of it then.
const LOOK_PERIOD: Duration = Duration::from_secs(20);
/// Holds that one look gives up at most, so that a store that fails is not asked without a pause.
const LOOKS_MAX: usize = 100;

/// Gives up holds as they expire, for as long as it runs.
pub async fn keep_up(house: &House) {
    let mut looks = interval(LOOK_PERIOD);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if let Err(error) = release_expired(house).await {
            tracing::warn!(?error, "holds that are over are not given up; it is tried again");
        }
    }
}

/// Gives up what is held no longer, and says how many holds that were.
///
/// # Errors
/// The store's.
pub async fn release_expired(house: &House) -> Result<u64> {
    let mut released = 0;
    for _ in 0..LOOKS_MAX {
        let some = house.db.write((), |tx, ()| Box::pin(holds::sweep(tx, i64::MAX))).await?;
        if some == 0 {
            break;
        }
        released += some;
    }
    Ok(released)
}

/// Sets appointments of all organisations to the instants at which the wall clock shows what their patients were told, where
/// the rules of a zone have changed. Those that moved are named in the log; it says how many. What fails in one organisation
/// keeps no other from it.
///
/// # Errors
/// The store's; of several organisations the last.
pub async fn resettle(house: &House) -> Result<usize> {
    let organisations = house.db.read((), |tx, ()| Box::pin(identity::organisations::list(tx))).await?;
    let mut moved = Ok(0);
    for organisation in organisations {
        match resettle_of(house, organisation.id).await {
            Ok(some) => moved = moved.map(|others| others + some),
            Err(error) => {
                let organisation = organisation.id.hex();
                tracing::error!(organisation, ?error, "appointments do not follow the rules of their zone");
                moved = Err(error);
            }
        }
    }
    moved
}

async fn resettle_of(house: &House, organisation: OrganisationId) -> Result<usize> {
    let unsettled = house
        .db
        .read_long(organisation, |tx, organisation| Box::pin(appointments::unsettled(tx, *organisation)));
    let mut moved = 0;
    for some in unsettled.await?.chunks(RESETTLED_AT_ONCE) {
        let settling = house.db.write((organisation, some.to_vec()), |tx, (organisation, some)| {
            Box::pin(appointments::resettle(tx, *organisation, some))
        });
        for (appointment, old_ms) in settling.await? {
            let (appointment, new_ms) = (appointment.id.hex(), appointment.start_ms);
            tracing::warn!(appointment, old_ms, new_ms, "the rules of its zone changed, and its hour stays");
            moved += 1;
        }
    }
    Ok(moved)
}
