//! Second factors, and who is asked for one.

use jiff::SignedDuration;
use kernel::{Error, OrganisationId, PersonId, Role};
use secrecy::ExposeSecret as _;
use testkit::{Ground, bedside_test};

use super::house::{House, read, write};
use crate::arrivals::{self, Arrived, Goes, Holder};
use crate::factors::{self, Which};
use crate::protocol::totp::Key;
use crate::sign_in::Arrival;
use crate::{By, Device, Method, Methods, policies, rows, sign_in, sign_in_links, sms};

const HOLDER: [u8; 32] = [9; 32];

impl House {
    fn now(&self) -> i64 {
        self.ground.clock.now_ms()
    }

    async fn with_app(&self, person: PersonId) -> Key {
        let key = Key::new(&self.ground.rng);
        let sealed = factors::seal_key(&self.vault, person, &key, &key.code(self.now()), self.now());
        let (sealed, origin) = (sealed.expect("the code that it shows"), self.origin);
        write!(self, |tx, sealed, origin| factors::add_app(tx, sealed, *origin)).expect("an application");
        self.ground.clock.pass(SignedDuration::from_secs(30));
        key
    }

    async fn codes_of(&self, person: PersonId) -> Vec<String> {
        let (codes, hashes) = factors::new_codes(&self.vault, &self.ground.rng, person);
        let origin = self.origin;
        write!(self, |tx, person, hashes, origin| factors::set_codes(tx, *person, hashes, *origin))
            .expect("codes");
        codes
    }

    fn sms(
        &self,
        person: PersonId,
        holder: [u8; 32],
        browser: Option<[u8; 32]>,
        hash: [u8; 32],
    ) -> sms::Code {
        sms::Code { person, organisation: self.linde, holder, browser, hash }
    }

    /// Sends a code by SMS as asked for in this browser; or says how many minutes to wait for it.
    async fn send_sms(&self, person: PersonId, browser: Option<[u8; 32]>) -> Result<(), u64> {
        let code = self.sms(person, HOLDER, browser, [1; 32]);
        match write!(self, |tx, code| sms::keep(tx, code)) {
            Ok(()) => Ok(()),
            Err(Error::LimitReached { retry_after, .. }) => {
                Err(retry_after.expect("how long").as_secs().div_ceil(60))
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Has the account know a browser.
    async fn know(&self, person: PersonId, browser: [u8; 32]) {
        write!(self, |tx, person, browser| sign_in::know_browser(tx, *person, browser)).expect("known");
    }

    async fn try_code(&self, person: PersonId, holder: [u8; 32], typed: &str) -> Option<Method> {
        let enrolled = read!(self, |tx, person| factors::enrolled(tx, *person)).expect("an answer");
        let offer = factors::offer(&self.vault, &enrolled, holder, typed, self.now()).expect("an offer");
        write!(self, |tx, offer| factors::take(tx, offer)).expect("an answer")
    }

    pub async fn arrive(&self, person: PersonId, methods: Methods) -> Arrived {
        let arrival = Arrival {
            person,
            towards: None,
            instead_of: None,
            device: Device::default(),
            methods,
            origin: self.origin,
        };
        write!(self, |tx, arrival| arrivals::arrive(tx, arrival, None, false)).expect("an answer")
    }
}

#[bedside_test]
async fn a_code_of_an_application_counts_once_and_none_before_it(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let key = house.with_app(anna).await;
    let (before, code) = (key.code(house.now() - 30_000), key.code(house.now()));
    assert_eq!(house.try_code(anna, HOLDER, "no code").await, None);
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    assert_eq!(house.try_code(anna, HOLDER, &spaced).await, Some(Method::Totp), "as people type it");
    assert_eq!(house.try_code(anna, HOLDER, &code).await, None, "used");
    assert_eq!(house.try_code(anna, HOLDER, &before).await, None, "older than one that was used");
    house.ground.clock.pass(SignedDuration::from_secs(30));
    assert_eq!(house.try_code(anna, HOLDER, &key.code(house.now())).await, Some(Method::Totp));
}

#[bedside_test]
async fn a_recovery_code_counts_once_and_only_for_its_owner(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let bram = house.person(house.linde, "Bram", Role::Patient).await;
    let codes = house.codes_of(anna).await;
    assert_eq!(codes.len(), 10);
    let typed = codes[3].to_lowercase();
    assert_eq!(house.try_code(bram, HOLDER, &typed).await, None, "somebody else's");
    assert_eq!(house.try_code(anna, HOLDER, &typed).await, Some(Method::Recovery));
    assert_eq!(house.try_code(anna, HOLDER, &typed).await, None, "used");
    let left = read!(house, |tx, anna| factors::enrolled(tx, *anna)).expect("an answer").codes_left;
    assert_eq!(left, 9);
    let newer = house.codes_of(anna).await;
    assert_eq!(house.try_code(anna, HOLDER, &codes[4]).await, None, "new ones took their place");
    assert_eq!(house.try_code(anna, HOLDER, &newer[4]).await, Some(Method::Recovery));
}

#[bedside_test]
async fn a_code_by_sms_counts_for_who_holds_it_for_five_minutes_and_five_tries(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let origin = house.origin;
    write!(house, |tx, anna, origin| factors::add_sms(tx, *anna, *origin)).expect("codes by SMS");
    let send = async || {
        let (code, hash) = sms::new_code(&house.vault, &house.ground.rng, &HOLDER);
        let kept = house.sms(anna, HOLDER, None, hash);
        write!(house, |tx, kept| sms::keep(tx, kept)).map(|()| code)
    };
    let code = send().await.expect("sent");
    let code = code.expose_secret();
    let wrong = if code == "000000" { "111111" } else { "000000" };
    assert_eq!(house.try_code(anna, [8; 32], code).await, None, "another browser");
    assert_eq!(house.try_code(anna, HOLDER, code).await, Some(Method::Sms));
    assert_eq!(house.try_code(anna, HOLDER, code).await, None, "used");
    let code = send().await.expect("sent");
    for _ in 0..5 {
        assert_eq!(house.try_code(anna, HOLDER, wrong).await, None);
    }
    assert_eq!(house.try_code(anna, HOLDER, code.expose_secret()).await, None, "five tries");
    let code = send().await.expect("sent");
    house.ground.clock.pass(SignedDuration::from_mins(5));
    assert_eq!(house.try_code(anna, HOLDER, code.expose_secret()).await, None, "too late");
}

#[bedside_test]
async fn each_sms_is_counted_whoever_holds_it_and_a_known_browser_apart(ground: Ground) {
    const HERS: [u8; 32] = [4; 32];
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let bram = house.person(house.linde, "Bram", Role::Patient).await;
    house.know(anna, HERS).await;
    for _ in 0..5 {
        house.send_sms(anna, None).await.expect("sent");
    }
    assert_eq!(house.send_sms(anna, None).await, Err(15), "the sixth of one holder");
    assert_eq!(house.send_sms(anna, Some([5; 32])).await, Err(15), "another browser is a stranger's, too");
    house.send_sms(anna, Some(HERS)).await.expect("hers is counted apart");
    house.send_sms(bram, None).await.expect("somebody else");
    house.ground.clock.pass(SignedDuration::from_mins(15));
    for _ in 0..3 {
        for _ in 0..5 {
            house.send_sms(anna, None).await.expect("sent");
        }
        house.ground.clock.pass(SignedDuration::from_mins(15));
    }
    assert_eq!(house.send_sms(anna, None).await, Err(45), "twenty in a day, and then one an hour");
    house.ground.clock.pass(SignedDuration::from_mins(45));
    house.send_sms(anna, None).await.expect("the one of this hour");
    assert_eq!(house.send_sms(anna, None).await, Err(60));
}

#[bedside_test]
async fn an_organisation_sends_so_many_sms_a_day_and_what_was_counted_goes(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let bram = house.person(house.linde, "Bram", Role::Patient).await;
    let (linde, hospital) = (house.linde, house.hospital);
    for _ in 0..100 {
        write!(house, |tx, linde, bram| async {
            for _ in 0..100 {
                let id = tx.new_id::<()>();
                let values = store::args![&id, linde, bram, false, tx.now_ms()];
                tx.run(rows::factors::NOTE_SMS, &values).await?;
            }
            kernel::Result::Ok(())
        })
        .expect("ten thousand");
    }
    assert_eq!(house.send_sms(anna, None).await, Err(60), "the organisation has sent enough");
    let elsewhere = sms::Code { organisation: hospital, ..house.sms(anna, HOLDER, None, [1; 32]) };
    write!(house, |tx, elsewhere| sms::keep(tx, elsewhere)).expect("in the name of another");
    house.ground.clock.pass(SignedDuration::from_hours(24));
    house.send_sms(anna, None).await.expect("a day later");
    house.ground.clock.pass(SignedDuration::from_millis(1));
    let (most, mut counted) = (1_000_i64, 0);
    for _ in 0..11 {
        counted += write!(house, |tx, most| sms::sweep(tx, *most)).expect("swept")[1];
    }
    assert_eq!(counted, 10_001);
    let left = async |organisation: OrganisationId| {
        read!(house, |tx, organisation| async {
            let since = store::args![organisation, 0_i64];
            tx.one(rows::factors::COUNT_SMS_OF, &since, |row| row.get::<i64>(0)).await
        })
    };
    assert_eq!(left(linde).await.expect("a count"), Some(1), "what still counts");
    assert_eq!(left(hospital).await.expect("a count"), Some(0));
}

#[bedside_test]
async fn two_factors_are_asked_by_the_strictest_of_somebodys_organisations(ground: Ground) {
    let house = House::open(ground).await;
    let needs = async |person: PersonId| {
        read!(house, |tx, person| policies::needs_two(tx, *person)).expect("an answer")
    };
    let eva = house.person(house.linde, "Eva", Role::Doctor).await;
    let anna = house.person(house.hospital, "Anna", Role::Patient).await;
    assert!(!needs(eva).await, "a sandbox asks nobody");
    assert!(!needs(anna).await, "nor does anybody ask patients");
    house.member(house.hospital, eva, Role::Nurse).await.expect("a nurse");
    assert!(needs(eva).await);
    let hospital = house.hospital;
    let set = async |roles: Option<Vec<Role>>| {
        write!(house, |tx, hospital, roles| {
            policies::set_second_factor_roles(tx, By::Operator, *hospital, roles.as_deref())
        })
    };
    set(Some(vec![Role::Patient])).await.expect("chosen");
    assert!(!needs(eva).await && needs(anna).await);
    set(Some(vec![])).await.expect("chosen");
    assert!(!needs(anna).await);
    set(None).await.expect("chosen");
    assert!(needs(eva).await && !needs(anna).await);
    assert!(set(Some(vec![Role::Partner])).await.is_err(), "a program");
}

#[bedside_test]
async fn half_a_sign_in_lets_nobody_in_and_ends_with_the_password(ground: Ground) {
    let house = House::open(ground).await;
    let eva = house.person(house.hospital, "Eva", Role::Doctor).await;
    let password = Methods::of(Method::Password);
    let Arrived::Half { secret, is_enrolled: false } = house.arrive(eva, password).await else {
        panic!("she is to set one up first");
    };
    let hash = vault::token_hash(secret.expose_secret());
    assert!(house.session(hash).await.is_none(), "no session");
    let key = house.with_app(eva).await;
    let Arrived::Half { secret, is_enrolled: true } = house.arrive(eva, password).await else {
        panic!("she is asked for it");
    };
    let by = Holder::Half(vault::token_hash(secret.expose_secret()));
    let goes = Goes { by, instead_of: None, device: Device::default(), origin: house.origin };
    let complete = async |code: String, goes: Goes| {
        let enrolled = read!(house, |tx, eva| factors::enrolled(tx, *eva)).expect("an answer");
        let offer = factors::offer(&house.vault, &enrolled, by.hash(), &code, house.now()).expect("an offer");
        write!(house, |tx, goes, offer| arrivals::complete(tx, goes, offer)).expect("an answer")
    };
    let (method, session) = complete(key.code(house.now()), goes).await.expect("in");
    let who = house.session(vault::token_hash(session.secret.expose_secret())).await.expect("a session");
    assert!(method == Method::Totp && who.methods.are_two());
    house.ground.clock.pass(SignedDuration::from_secs(30));
    assert!(complete(key.code(house.now()), goes).await.is_none(), "it was half a sign-in once");

    let Arrived::Half { secret, .. } = house.arrive(eva, password).await else { panic!("half") };
    let by = Holder::Half(vault::token_hash(secret.expose_secret()));
    let hospital = house.hospital;
    let hash = "another".to_owned();
    write!(house, |tx, hospital, eva, hash| {
        crate::persons::set_password(tx, By::Operator, *hospital, *eva, hash)
    })
    .expect("another password");
    house.ground.clock.pass(SignedDuration::from_secs(30));
    let goes = Goes { by, ..goes };
    assert!(complete(key.code(house.now()), goes).await.is_none(), "the password was another");
    let passkey = house.arrive(eva, Methods::of(Method::Passkey)).await;
    assert!(matches!(passkey, Arrived::In(_)), "a passkey is two factors");
}

#[bedside_test]
async fn recovery_codes_go_with_the_last_second_factor(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    house.with_app(anna).await;
    house.codes_of(anna).await;
    let origin = house.origin;
    write!(house, |tx, anna, origin| factors::add_sms(tx, *anna, *origin)).expect("codes by SMS");
    let remove = async |which: Which| {
        write!(house, |tx, anna, which, origin| factors::remove(tx, *anna, *which, *origin))
            .expect("removed");
        read!(house, |tx, anna| factors::enrolled(tx, *anna)).expect("an answer").codes_left
    };
    assert_eq!(remove(Which::Sms).await, 10);
    assert_eq!(remove(Which::App).await, 0);
}

#[bedside_test]
async fn a_link_signs_in_once_and_nobody_who_works_anywhere(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let eva = house.person(house.linde, "Eva", Role::Doctor).await;
    let ask = async |person: PersonId| {
        let asker = read!(house, |tx, person| sign_in_links::reached(tx, *person)).expect("an answer");
        let (asker, code) = (asker.expect("somebody"), vault::secret(&house.ground.rng));
        write!(house, |tx, asker, code| sign_in_links::keep(tx, asker, code, None, false)).expect("kept");
        (asker.is_staff, vault::token_hash(code.expose_secret()))
    };
    let origin = house.origin;
    let open =
        async |hash: [u8; 32]| write!(house, |tx, hash, origin| sign_in_links::open(tx, hash, *origin)).ok();
    let (is_staff, hers) = ask(eva).await;
    assert!(is_staff && open(hers).await.is_none(), "she has a password");
    let ((_, first), (_, second)) = (ask(anna).await, ask(anna).await);
    assert_eq!(open(first).await, Some(anna));
    assert_eq!(open(first).await, None, "used");
    assert_eq!(open(second).await, None, "with the other");
    let (_, late) = ask(anna).await;
    let may = read!(house, |tx, anna| sign_in_links::may_write(tx, *anna, false)).expect("an answer");
    assert!(!may, "three within a quarter of an hour");
    house.ground.clock.pass(SignedDuration::from_mins(15));
    assert_eq!(open(late).await, None, "too late");
    house.member(house.hospital, anna, Role::Nurse).await.expect("a nurse");
    let reached =
        read!(house, |tx, anna| sign_in_links::reached(tx, *anna)).expect("an answer").expect("her");
    assert!(reached.is_staff && reached.organisation.id == house.hospital, "no letter that a sandbox reads");
}
