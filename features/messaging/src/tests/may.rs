//! What a chat says that somebody may do is what they can do: each deed is tried, and taken back.

use futures_util::future::BoxFuture;
use kernel::{Actor, ChatId, Error, MessageId, Result, Role};
use store::Tx;
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, party};
use crate::access::join_as_team;
use crate::{
    Draft, GroupDraft, May, Party, Right, SealedDraft, SealedSubject, Settings, SettingsChange, add_members,
    assign_to_team, change_settings, close, delete, members, open, post, remove_members, rename, reopen,
    set_admins,
};

/// What a deed needs.
struct Scene {
    who: Actor,
    chat: ChatId,
    owner: Party,
    member: Party,
    newcomer: Party,
    mine: Option<MessageId>,
    others: MessageId,
    draft: SealedDraft,
    subject: SealedSubject,
}

type Says = fn(&May, &Scene, &[crate::Member]) -> bool;
type Deed = for<'c> fn(&'c Tx, &'c Scene) -> BoxFuture<'c, Result<()>>;

macro_rules! inside {
    ($right:ident, |$tx:ident, $chat:ident, $scene:ident| $doing:expr) => {
        |$tx, $scene| {
            Box::pin(async move {
                let $chat = &open($tx, &$scene.who, $scene.chat, Right::$right).await?;
                $doing.await.map(drop)
            })
        }
    };
}

fn removes(may: &May, whom: Party, members: &[crate::Member]) -> bool {
    members.iter().any(|member| member.person == whom.person && may.remove(member))
}

/// Messages disappear after a week.
const WEEK: SettingsChange = SettingsChange {
    allow_contacts: None,
    members_can_invite: None,
    hybrid_messaging: None,
    auto_close_days: None,
    auto_expire_seconds: Some(604_800),
};

const DEEDS: &[(&str, Says, Deed)] = &[
    ("post", |may, _, _| may.post(), inside!(Post, |tx, chat, scene| post(tx, chat, &scene.draft))),
    ("rename", |may, _, _| may.rename(), inside!(Manage, |tx, chat, scene| rename(tx, chat, &scene.subject))),
    ("assign", |may, _, _| may.assign(), inside!(Manage, |tx, chat, scene| assign_to_team(tx, chat, None))),
    (
        "have messages expire",
        |may, _, _| may.expire(),
        inside!(Manage, |tx, chat, scene| change_settings(tx, chat, WEEK)),
    ),
    ("close", |may, _, _| may.close(), inside!(Manage, |tx, chat, scene| close(tx, chat))),
    (
        "invite",
        |may, _, _| may.invite(),
        inside!(Receive, |tx, chat, scene| add_members(tx, chat, &[scene.newcomer])),
    ),
    (
        "remove a member",
        |may, scene, members| removes(may, scene.member, members),
        inside!(Receive, |tx, chat, scene| remove_members(tx, chat, &[scene.member.person], &[])),
    ),
    (
        "remove the owner",
        |may, scene, members| removes(may, scene.owner, members),
        |tx, scene| {
            Box::pin(async move {
                if scene.who.person == scene.owner.person {
                    return Err(Error::conflict("leaving", "that is leaving"));
                }
                let chat = open(tx, &scene.who, scene.chat, Right::Receive).await?;
                remove_members(tx, &chat, &[scene.owner.person], &[]).await.map(drop)
            })
        },
    ),
    (
        "leave",
        |may, _, _| may.leave(),
        inside!(Receive, |tx, chat, scene| remove_members(tx, chat, &[scene.who.person], &[])),
    ),
    (
        "join",
        |may, _, _| may.join(),
        |tx, scene| {
            Box::pin(async move {
                if open(tx, &scene.who, scene.chat, Right::Read).await?.standing().is_some() {
                    return Err(Error::conflict("in_it", "they are in it"));
                }
                join_as_team(tx, &scene.who, scene.chat).await.map(drop)
            })
        },
    ),
    (
        "reopen",
        |may, _, _| may.reopen(),
        |tx, scene| {
            Box::pin(async move {
                let chat = open(tx, &scene.who, scene.chat, Right::Receive).await?;
                if !chat.is_closed() {
                    return Err(Error::conflict("open", "it is open"));
                }
                reopen(tx, &chat).await
            })
        },
    ),
    (
        "delete their own message",
        |may, scene, _| scene.mine.is_some() && may.delete(scene.who.person),
        |tx, scene| {
            Box::pin(async move {
                let mine = scene.mine.ok_or(Error::not_found(kernel::Kind::Message))?;
                let chat = open(tx, &scene.who, scene.chat, Right::Receive).await?;
                delete(tx, &chat, mine).await
            })
        },
    ),
    (
        "delete another's message",
        |may, scene, _| may.delete(scene.member.person),
        inside!(Receive, |tx, chat, scene| delete(tx, chat, scene.others)),
    ),
];

/// Whether it can be done; nothing stays of it.
async fn can(clinic: &Clinic, scene: Scene, deed: Deed) -> (bool, Scene) {
    let scene = std::sync::Arc::new(scene);
    let body = clinic.ground.db.write((scene.clone(), deed), |tx, (scene, deed)| {
        Box::pin(async move {
            deed(tx, scene).await?;
            Err::<(), _>(Error::conflict("taken_back", "it was only tried"))
        })
    });
    let refused = body.await.expect_err("taken back");
    assert!(!matches!(refused, Error::Bug { .. }), "{refused:?}");
    let can = matches!(refused, Error::Conflict { why } if why.code == "taken_back");
    (can, std::sync::Arc::into_inner(scene).expect("nobody else has it"))
}

/// Tries every deed as this actor and says which they could do.
async fn try_all(
    clinic: &Clinic,
    who: &Actor,
    chat: ChatId,
    others: (Party, Party),
    mine: Option<MessageId>,
    another: MessageId,
) -> Vec<&'static str> {
    let (clock, rng) = (&clinic.ground.clock, &clinic.ground.rng);
    let may = clinic.details(who, chat).await.may(who);
    let proof = clinic.looking(who, chat, |_, chat| Box::pin(async move { Ok(chat.may()) })).await;
    assert_eq!(format!("{may:?}"), format!("{:?}", proof.expect("a proof")), "the list and the door agree");
    let there = clinic.looking(who, chat, |tx, chat| Box::pin(members(tx, chat))).await.expect("members");
    let mut scene = Scene {
        who: who.clone(),
        chat,
        owner: others.0,
        member: others.1,
        newcomer: clinic.another(Role::Nurse),
        mine,
        others: another,
        draft: Draft::text("Tried.").seal(&clinic.ring, clock, rng).expect("a draft"),
        subject: SealedSubject::seal(&clinic.ring, chat, "Tried").expect("a subject"),
    };
    let mut done = Vec::new();
    for (name, says, deed) in DEEDS {
        let said = says(&may, &scene, &there);
        let (could, back) = can(clinic, scene, *deed).await;
        scene = back;
        assert_eq!(said, could, "{name} by a {:?} of standing {:?}", who.role, may);
        if could {
            done.push(*name);
        }
    }
    done
}

#[bedside_test]
async fn what_a_chat_says_that_one_may_do_is_what_one_can_do(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (doctor, nurse) = (clinic.devries.clone(), clinic.jansen.clone());
    let (patient, relative) = (clinic.anna.clone(), clinic.bram.clone());
    let colleague =
        clinic.on_the_ward(&Actor { person: clinic.another(Role::Doctor).person, ..doctor.clone() });
    for members_can_invite in [false, true] {
        let plain = clinic.another(Role::Nurse);
        let plain_actor = Actor { person: plain.person, ..nurse.clone() };
        let parties = vec![party(&nurse), party(&patient), party(&relative), plain];
        let settings = Settings { members_can_invite, ..Settings::default() };
        let subject = "Ward round".to_owned();
        let draft =
            GroupDraft { subject, parties, settings, team: Some(clinic.ward), ..GroupDraft::default() };
        let chat = clinic.begin(&doctor, draft).await.expect("a group");
        let admins = [nurse.person, relative.person];
        let made = clinic.inside(&doctor, chat, Right::Manage, move |tx, chat| {
            Box::pin(async move { set_admins(tx, chat, &admins, true).await })
        });
        made.await.expect("admins");
        let another = clinic.say(&plain_actor, chat, "From a member.").await.expect("posted").id;
        let mut mine = Vec::new();
        for who in [&doctor, &nurse, &relative, &patient] {
            mine.push((who, Some(clinic.say(who, chat, "Mine.").await.expect("posted").id)));
        }
        mine.push((&colleague, None));
        for is_closed in [false, true] {
            if is_closed {
                let closing =
                    clinic.inside(&doctor, chat, Right::Manage, |tx, chat| Box::pin(close(tx, chat)));
                closing.await.expect("closed");
            }
            let mut all = Vec::new();
            for (who, mine) in &mine {
                all.push(try_all(&clinic, who, chat, (party(&doctor), plain), *mine, another).await);
            }
            let [doctor, nurse, relative, patient, colleague] = &all[..] else { panic!("five people") };
            let has = |deeds: &[&str], deed| deeds.contains(&deed);
            assert!(has(doctor, "reopen") == is_closed && has(nurse, "reopen") == is_closed);
            assert!(!has(relative, "reopen") && !has(relative, "assign"), "an admin who is a patient");
            assert_eq!(has(nurse, "assign"), !is_closed);
            assert_eq!(has(patient, "invite"), members_can_invite && !is_closed);
            assert!(has(patient, "leave") && !has(patient, "remove a member") && !has(patient, "close"));
            assert!(!has(nurse, "remove the owner") && has(nurse, "remove a member"));
            assert_eq!(has(colleague, "join"), !is_closed);
            assert!(!has(colleague, "post") && !has(colleague, "leave"));
        }
    }
}

#[bedside_test]
async fn in_a_chat_of_two_there_is_nobody_to_bring_in_or_take_out(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (doctor, patient) = (&clinic.devries, &clinic.anna);
    let chat = clinic.direct(doctor, patient).await;
    let of_doctor = clinic.say(doctor, chat, "How are you?").await.expect("posted").id;
    let of_patient = clinic.say(patient, chat, "Better.").await.expect("posted").id;
    let both = (party(doctor), party(patient));
    let open_to_both = ["post", "close", "delete their own message"];
    let by_doctor = try_all(&clinic, doctor, chat, both, Some(of_doctor), of_patient).await;
    assert_eq!(by_doctor, open_to_both);
    let both = (party(patient), party(doctor));
    assert_eq!(try_all(&clinic, patient, chat, both, Some(of_patient), of_doctor).await, open_to_both);
    let closing = clinic.inside(doctor, chat, Right::Manage, |tx, chat| Box::pin(close(tx, chat)));
    closing.await.expect("closed");
    let by_doctor = try_all(&clinic, doctor, chat, (both.1, both.0), Some(of_doctor), of_patient).await;
    assert_eq!(by_doctor, ["reopen", "delete their own message"]);
    let by_patient = try_all(&clinic, patient, chat, both, Some(of_patient), of_doctor).await;
    assert_eq!(by_patient, ["delete their own message"]);
}
