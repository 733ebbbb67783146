//! What is proved in a sandbox, whose staff read its letters, in an installation that has patients, too.

use identity::notices::Wishes;
use identity::persons::{self, systems};
use jiff::SignedDuration;
use kernel::{OrganisationId, PersonId, Role};
use serde_json::json;
use store::args;
use testkit::bedside_test;

use super::{known, newest_link, sign_up};
use crate::cast::{Organisation, Ward};
use crate::oauth::app::{PASSWORD, browser, sign_in};

const BRAM: &str = "bram.jansen@hospital.example";

async fn is_in_earnest(ward: &Ward, organisation: &Organisation) {
    const LIVE: &str = "UPDATE organisations SET sandbox = FALSE WHERE id = $1";
    let input = organisation.id;
    let live = ward.house.db.write(input, |tx, id| Box::pin(async move { tx.run(LIVE, &args![id]).await }));
    live.await.expect("no sandbox");
}

async fn known_in(ward: &Ward, organisation: OrganisationId, email: &str) -> Option<PersonId> {
    let hash = ward.house.vault.blind(systems::EMAIL, email);
    let find = ward.house.db.read((organisation, hash), |tx, (organisation, hash)| {
        Box::pin(persons::find_known_in(tx, *organisation, systems::EMAIL, hash))
    });
    find.await.expect("an answer")
}

#[bedside_test]
async fn who_reads_the_letters_of_a_sandbox_has_nobodys_address_elsewhere(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let (chris, eva) = (linde.doctor("Chris").await.kpn().await, eik.doctor("Eva").await);
    let hospital = eva.kpn().await;
    is_in_earnest(&ward, &eik).await;
    let invited = json!({ "email": BRAM, "first_name": "Bram", "last_name": "Jansen" });
    let taken = chris.post("users/invite/private", invited.clone()).await.created();
    let (_, inside) = sign_up(&ward, &newest_link(&ward).await, &[]).await;
    assert_eq!(inside.status, 200, "in the sandbox it is an account like any: {}", inside.text);
    let squatter = PersonId::from_uuid(&taken).expect("an id");
    assert_eq!(known_in(&ward, linde.id, BRAM).await, Some(squatter));
    assert_eq!(known_in(&ward, eik.id, BRAM).await, None, "no operator makes them a member by the address");

    ward.pass_a_second();
    let waits = hospital.post("users/invite/private", invited).await.created();
    let (_, inside) = sign_up(&ward, &newest_link(&ward).await, &[]).await;
    assert!(inside.text.contains("Praktijk eik"), "nobody has an account already: {}", inside.text);
    let bram = PersonId::from_uuid(&waits).expect("an id");
    assert_ne!(bram, squatter);
    assert_eq!(hospital.get(&format!("users/{waits}")).await.ok()["active"], true);
    for organisation in [&linde, &eik] {
        assert_eq!(
            known_in(&ward, organisation.id, BRAM).await,
            Some(bram),
            "it is his everywhere from now on"
        );
    }
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    let inside = sign_in(&mut visit, &page, &known(&eik, &waits, BRAM)).await;
    assert!(inside.text.contains("Praktijk eik") && !inside.text.contains("Praktijk linde"));
    // There is no mail server, so that the letter in earnest waits until it is given up.
    ward.clock.pass(SignedDuration::from_hours(4 * 24));
    ward.settle().await;
}

#[bedside_test]
async fn a_letter_of_a_sandbox_ends_nobodys_notices_elsewhere(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let bram = eik.patient("Bram").await.with_password(PASSWORD).await;
    let daan = linde.patient("Daan").await;
    is_in_earnest(&ward, &eik).await;
    linde.member(&bram, Role::Patient).await;
    let switched_off = async |person: PersonId| {
        let origin = kernel::Origin {
            request: kernel::RequestId::new(&ward.house.clock, &ward.house.rng),
            address: None,
            once: None,
        };
        let end = ward.house.db.write((linde.id, person, origin), |tx, (organisation, person, origin)| {
            Box::pin(identity::notices::switch_off(tx, *organisation, *person, *origin))
        });
        let (ended, wishes) = (
            end.await,
            ward.house.db.read(person, |tx, id| Box::pin(identity::notices::wishes(tx, *id))).await,
        );
        (ended.is_ok(), wishes.expect("wishes").wanted)
    };
    assert_eq!(switched_off(bram.id).await, (false, Wishes::default().wanted));
    assert_eq!(switched_off(daan.id).await, (true, false), "who is in the sandbox alone tries it out");
}
