//! Lists of people after the key that sealed them was replaced.

use kernel::{Error, ImportId, Role};
use testkit::{Ground, bedside_test};

use super::house::{House, read, write};
use crate::imports::{self, Listed, Outcome};

#[bedside_test]
async fn a_look_after_a_rotation_takes_in_some_rows_of_a_long_list_and_the_looks_together_all(
    ground: Ground,
) {
    let house = House::open(ground).await;
    let vault = house.vault.clone();
    let femke = house.person(house.linde, "Femke", Role::Administrator).await;
    let femke = house.actor(femke).await;
    let id = ImportId::new(&house.ground.clock, &house.ground.rng);
    let list: Vec<_> = (0..400).map(|place| (place, Listed::default())).collect();
    let sealed = imports::seal(&vault, id, &list).expect("rows");
    write!(house, |tx, femke, id| imports::begin(tx, femke, *id, false, 400)).expect("a list");
    for (first, some) in (0..).step_by(50).zip(sealed.chunks(50).map(<[_]>::to_vec)) {
        let refused = write!(house, |tx, femke, id, first, some| async {
            imports::take_in(tx, femke, *id, some).await?;
            for place in *first..*first + 50 {
                let refused = (Outcome::Refused, Some("email_unfit"));
                imports::settle(tx, (femke.organisation, *id), place, refused, None).await?;
            }
            Ok::<_, Error>(())
        });
        refused.expect("refused rows");
    }
    write!(house, |tx, vault| vault.rotate(tx, None)).expect("a new key");
    let ring = vault.reload(&house.ground.db, None).await.expect("its ring");
    let (mut reached, mut found) = (Some((ImportId::from_bytes([0; 12]), 0)), Vec::new());
    while let Some(after) = reached {
        let look = read!(house, |tx, ring, after| async {
            let (resealing, last) = imports::reseal_some(tx, ring, *after).await?;
            Ok::<_, Error>((resealing.finish().1, last))
        });
        let (values, last) = look.expect("a look");
        found.push(values);
        reached = last;
    }
    assert_eq!(found, [150, 150, 100, 0]);
}
