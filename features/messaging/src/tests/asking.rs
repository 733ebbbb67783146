//! Questions, what is replied to them, likes, and asking who somebody is.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Actor, ChatId, Error, Event, MessageChange, MessageId, PersonId, Result};
use parking_lot::Mutex;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;
use crate::{Asked, Choice, Draft, Question, Reply, Request, Right, SealedReply, Verification, asked};

pub(super) fn question(names: &[&str], asked: &[PersonId]) -> Question {
    let option = |name: &&str| Choice { name: (*name).to_owned(), label: format!("{name}!"), style: None };
    Question {
        options: names.iter().map(option).collect(),
        takes_several: false,
        style: "horizontal".to_owned(),
        asked: asked.to_vec(),
    }
}

fn draft(question: Question) -> Draft {
    Draft { request: Some(Request::Question(question)), ..Draft::text("How are you?") }
}

pub(super) async fn ask(clinic: &Clinic, chat: ChatId, question: Question) -> MessageId {
    clinic.send(&clinic.devries, chat, draft(question)).await.expect("asked").id
}

async fn look(clinic: &Clinic, who: &Actor, chat: ChatId, id: MessageId) -> Result<Asked> {
    let looked = clinic.inside(who, chat, Right::Post, move |tx, chat| {
        Box::pin(async move { asked(tx, chat, id, &[chat.actor().person]).await })
    });
    looked.await
}

pub async fn keep(clinic: &Clinic, who: &Actor, chat: ChatId, sealed: SealedReply) -> Result<bool> {
    let input = (who.clone(), chat, sealed);
    let kept = clinic.ground.db.write(input, |tx, (who, chat, sealed)| {
        Box::pin(async move {
            let chat = crate::open(tx, who, *chat, Right::Post).await?;
            crate::reply(tx, &chat, sealed).await
        })
    });
    kept.await
}

/// An answer that is sealed and not kept yet.
pub(super) async fn sealed_answer(
    clinic: &Clinic,
    who: &Actor,
    chat: ChatId,
    id: MessageId,
    names: &[&str],
) -> Result<SealedReply> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    look(clinic, who, chat, id).await?.choose(&names, &clinic.ring)
}

pub(super) async fn answer(
    clinic: &Clinic,
    who: &Actor,
    chat: ChatId,
    id: MessageId,
    names: &[&str],
) -> Result<bool> {
    let sealed = sealed_answer(clinic, who, chat, id, names).await?;
    keep(clinic, who, chat, sealed).await
}

fn code<T: std::fmt::Debug>(refused: &Result<T>) -> &'static str {
    match refused {
        Err(
            Error::Invalid { why, .. }
            | Error::NotAllowed { why }
            | Error::Precondition { why }
            | Error::Conflict { why },
        ) => why.code,
        Err(Error::TooLarge { limit }) => limit.name,
        Err(Error::NotFound { .. }) => "not_found",
        other => panic!("{other:?}"),
    }
}

/// What was told of messages that are there, from now on.
fn changes(clinic: &Clinic) -> Arc<Mutex<Vec<(PersonId, MessageChange)>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = heard.clone();
    clinic.ground.db.observe(move |events| {
        let changes = events.iter().filter_map(|event| match event {
            Event::MessageChanged { by, change, .. } => Some((*by, *change)),
            _ => None,
        });
        ears.lock().extend(changes);
    });
    heard
}

#[bedside_test]
async fn an_answer_is_final_and_the_same_once_more_is_done_already(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna, &clinic.bram]).await;
    let id = ask(&clinic, chat, question(&["well", "badly"], &[])).await;
    let heard = changes(&clinic);
    assert!(answer(&clinic, &clinic.anna, chat, id, &["badly"]).await.expect("answered"));
    assert!(!answer(&clinic, &clinic.anna, chat, id, &["badly"]).await.expect("answered before"));
    let other = answer(&clinic, &clinic.anna, chat, id, &["well"]).await;
    assert_eq!(code(&other), "already_answered");
    assert!(answer(&clinic, &clinic.bram, chat, id, &["well", "well"]).await.expect("answered"));
    let answered = MessageChange::Answered;
    assert_eq!(*heard.lock(), [(clinic.anna.person, answered), (clinic.bram.person, answered)]);

    let seen = clinic.read(&clinic.devries, chat).await.expect("messages").remove(0);
    let replies: Vec<_> = seen.answers.into_iter().map(|one| (one.person, one.reply)).collect();
    let chosen = |name: &str| Reply::Chosen(vec![name.to_owned()]);
    assert_eq!(replies, [(clinic.anna.person, chosen("badly")), (clinic.bram.person, chosen("well"))]);
    assert_eq!(clinic.one(&clinic.bram, chat, id).await.expect("it").answers.len(), 2);
}

#[bedside_test]
async fn only_who_is_asked_answers_and_only_what_there_is(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna, &clinic.bram]).await;
    let one = ask(&clinic, chat, question(&["yes", "no"], &[clinic.anna.person])).await;
    let several = Question { takes_several: true, ..question(&["a", "b", "c"], &[]) };
    let several = ask(&clinic, chat, several).await;
    let plain = clinic.say(&clinic.devries, chat, "Well?").await.expect("posted").id;
    for (who, id, names, refused) in [
        (&clinic.bram, one, &["yes"][..], "not_asked"),
        (&clinic.devries, one, &["yes"], "not_asked"),
        (&clinic.devries, several, &["a"], "not_asked"),
        (&clinic.jansen, one, &["yes"], "not_found"),
        (&clinic.stranger, one, &["yes"], "not_found"),
        (&clinic.anna, plain, &["yes"], "nothing_asked"),
        (&clinic.anna, one, &["maybe"], "no_such_option"),
        (&clinic.anna, one, &["yes", "maybe"], "no_such_option"),
        (&clinic.anna, one, &["yes", "no"], "one_option_only"),
        (&clinic.anna, one, &[], "nothing_chosen"),
        (&clinic.anna, several, &[], "nothing_chosen"),
    ] {
        assert_eq!(code(&answer(&clinic, who, chat, id, names).await), refused, "{names:?}");
    }
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM answers").await, [0]);
    answer(&clinic, &clinic.anna, chat, several, &["c", "a"]).await.expect("answered");
    let seen = clinic.one(&clinic.anna, chat, several).await.expect("it");
    let order = Reply::Chosen(vec!["a".to_owned(), "c".to_owned()]);
    assert_eq!(seen.answers[0].reply, order, "in the order of the question");
    answer(&clinic, &clinic.anna, chat, several, &["a", "c"]).await.expect("the same in another order");

    let sealed = look(&clinic, &clinic.bram, chat, several).await.expect("asked");
    let sealed = sealed.choose(&["b".to_owned()], &clinic.ring).expect("an answer");
    clinic.delete(&clinic.devries, chat, several).await.expect("deleted");
    assert_eq!(code(&keep(&clinic, &clinic.bram, chat, sealed).await), "not_found", "deleted meanwhile");
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM answers").await, [0], "answers go with their question");
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM messages WHERE payload IS NULL").await, [2]);
}

#[test]
fn a_question_that_does_not_fit_is_not_asked() {
    let many: Vec<String> = (0..51).map(|number| format!("o{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let with = |change: fn(&mut Question)| {
        let mut question = question(&["yes"], &[]);
        change(&mut question);
        question
    };
    for (question, refused) in [
        (question(&[], &[]), "options_missing"),
        (question(&many, &[]), "question_options"),
        (question(&["yes", "yes"], &[]), "option_twice"),
        (question(&[""], &[]), "option_name"),
        (question(&["not sure"], &[]), "option_name"),
        (question(&["n\u{e9}"], &[]), "option_name"),
        (question(&["a_name_of_more_than_thirty_two_ch"], &[]), "option_name"),
        (with(|one| one.options[0].label = " ".to_owned()), "option_label"),
        (with(|one| one.options[0].label = "a\u{0}b".to_owned()), "control_characters"),
        (with(|one| one.options[0].label = "a".repeat(201)), "label"),
        (with(|one| one.options[0].style = Some("s".repeat(33))), "style"),
        (with(|one| one.style = "s\n".to_owned()), "control_characters"),
    ] {
        assert_eq!(code(&draft(question).check()), refused);
    }
    draft(question(&many[..50], &[])).check().expect("fifty options");
    let silent = Draft { text: String::new(), ..draft(question(&["yes"], &[])) };
    assert_eq!(code(&silent.check()), "body_is_empty");
}

#[bedside_test]
async fn a_question_goes_to_members_and_never_with_files(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    for person in [clinic.bram.person, clinic.stranger.person] {
        let draft = draft(question(&["yes"], &[clinic.anna.person, person]));
        assert_eq!(code(&clinic.send(&clinic.devries, chat, draft).await), "not_a_member");
    }
    let note = super::uploads::upload(&clinic, "note.txt", None, vec![Ok("at noon".into())]).await;
    let files = vec![note.expect("a note")];
    let draft = Draft { files, ..draft(question(&["yes"], &[])) };
    assert_eq!(code(&clinic.send(&clinic.devries, chat, draft).await), "question_with_files");
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM messages").await, [0]);
}

#[bedside_test]
async fn liking_twice_is_liking_once_and_everybody_sees_who_likes_what(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna, &clinic.bram]).await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        ids.push(clinic.say(&clinic.devries, chat, text).await.expect("posted").id);
    }
    let heard = changes(&clinic);
    let like = async |who: &Actor, id: MessageId| {
        clinic.inside(who, chat, Right::Post, move |tx, chat| Box::pin(crate::like(tx, chat, id))).await
    };
    let unlike = async |who: &Actor, id: MessageId| {
        clinic.inside(who, chat, Right::Post, move |tx, chat| Box::pin(crate::unlike(tx, chat, id))).await
    };
    for who in [&clinic.anna, &clinic.anna, &clinic.bram] {
        like(who, ids[1]).await.expect("liked");
        clinic.ground.clock.pass(jiff::SignedDuration::from_secs(1));
    }
    like(&clinic.devries, ids[2]).await.expect("one's own, too");
    let (anna, bram, devries) = (clinic.anna.person, clinic.bram.person, clinic.devries.person);
    let likes = async || {
        let seen = clinic.read(&clinic.anna, chat).await.expect("messages");
        seen.into_iter().map(|message| message.likes).collect::<Vec<_>>()
    };
    assert_eq!(likes().await, [vec![devries], vec![anna, bram], vec![]], "the newest first");
    unlike(&clinic.anna, ids[1]).await.expect("no longer");
    unlike(&clinic.anna, ids[1]).await.expect("no longer, still");
    assert_eq!(likes().await, [vec![devries], vec![bram], vec![]]);
    let (liked, unliked) = (MessageChange::Liked, MessageChange::Unliked);
    assert_eq!(*heard.lock(), [(anna, liked), (bram, liked), (devries, liked), (anna, unliked)]);
    assert_eq!(code(&like(&clinic.stranger, ids[0]).await), "not_found");
    clinic.delete(&clinic.devries, chat, ids[1]).await.expect("deleted");
    assert_eq!(code(&like(&clinic.anna, ids[1]).await), "not_found");
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM likes").await, [1], "likes go with their message");
    clinic
        .inside(&clinic.devries, chat, Right::Manage, |tx, chat| Box::pin(crate::close(tx, chat)))
        .await
        .expect("closed");
    assert_eq!(code(&like(&clinic.anna, ids[0]).await), "groupchat_is_closed");
}

#[bedside_test]
async fn what_was_said_of_somebody_is_for_staff_and_for_themselves(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna, &clinic.bram]).await;
    let draft = |person: PersonId| {
        let (provider, provider_name) = ("sandbox".to_owned(), "Sandbox".to_owned());
        let request = Request::Verification(Verification { person, provider, provider_name });
        Draft { request: Some(request), ..Draft::default() }
    };
    let anna = clinic.anna.person;
    assert_eq!(code(&clinic.send(&clinic.bram, chat, draft(anna)).await), "not_staff");
    let outside = clinic.send(&clinic.devries, chat, draft(clinic.jansen.person)).await;
    assert_eq!(code(&outside), "not_a_member");
    let id = clinic.send(&clinic.devries, chat, draft(anna)).await.expect("asked").id;
    for who in [&clinic.bram, &clinic.devries] {
        assert_eq!(code(&look(&clinic, who, chat, id).await.map(drop)), "not_asked");
    }
    let asked = look(&clinic, &clinic.anna, chat, id).await.expect("asked");
    assert_eq!(code(&asked.choose(&["yes".to_owned()], &clinic.ring)), "not_a_question");
    let said: BTreeMap<String, String> = [("given_name".to_owned(), "Anna".to_owned())].into();
    let heard = changes(&clinic);
    let sealed = asked.settle(Reply::Proved(said.clone()), &clinic.ring).expect("settled");
    assert!(keep(&clinic, &clinic.anna, chat, sealed).await.expect("kept"));
    let sealed = asked.settle(Reply::Refused, &clinic.ring).expect("settled");
    assert_eq!(code(&keep(&clinic, &clinic.anna, chat, sealed.clone()).await), "already_answered");
    assert!(keep(&clinic, &clinic.bram, chat, sealed).await.is_err(), "nobody settles for another");
    assert_eq!(*heard.lock(), [(anna, MessageChange::VerificationAccepted)]);
    for (who, seen) in
        [(&clinic.devries, said.clone()), (&clinic.anna, said), (&clinic.bram, BTreeMap::new())]
    {
        let message = clinic.one(who, chat, id).await.expect("it");
        assert_eq!(message.answers[0].reply, Reply::Proved(seen));
    }
}
