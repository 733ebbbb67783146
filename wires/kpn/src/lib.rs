//! The KPN Healthcare Messenger REST API and gateway (a white label of the Alterdesk Messenger), as its clients know
//! them.
//!
//! Its quirks and our readings stand in `docs/dialects/kpn.md`. Everything answers JSON, never with 202, and under
//! each of the base paths that the operator chose.

mod answers;
mod asking;
mod asking_routes;
pub mod asking_words;
mod aux;
mod avatars;
mod chat_routes;
mod company;
pub mod company_words;
mod conversation_routes;
mod conversations;
mod exports;
mod files;
mod finding;
mod gateway;
mod group_routes;
mod groupchats;
pub mod guest_words;
mod guests;
pub mod invitation_words;
mod invitations;
mod layers;
mod limits;
mod members;
mod messages;
mod once;
mod openapi;
mod people;
mod refusals;
mod tags;
mod taken;
pub mod words;

use axum::Router;
use axum::routing::{any, any_service};
use door::Door;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::aux::{conversations as aux_conversations, groupchats as aux_groupchats};
use crate::gateway::Gateway;

pub use openapi::document;
pub use refusals::{ErrorBody, Refusal};

/// Where the same routes are served unless the operator says otherwise (docs/dialects/kpn.md, where it is served).
pub const BASE_PATHS: [&str; 3] =
    ["/v1", "/communication/kpn/healthcare-messenger", "/communication/kpn/healthcare-messenger/v1"];

/// What the paths below a base path begin with.
pub const FIRST_SEGMENTS: [&str; 7] =
    ["aux", "company", "conversations", "gateway", "groupchats", "me", "users"];

/// What can be done with one chat of either kind, however it is named: what is added here is there for auxiliary ids, too.
macro_rules! of_any_chat {
    ($chat:ident) => {
        OpenApiRouter::new()
            .routes(routes!($chat::messages, $chat::post))
            .routes(routes!($chat::message, $chat::delete))
            .routes(routes!($chat::answer))
            .routes(routes!($chat::like, $chat::unlike))
            .routes(routes!($chat::verify))
            .routes(routes!($chat::read))
            .routes(routes!($chat::upload))
            .routes(routes!($chat::link))
            .routes(routes!($chat::download))
            .routes(routes!($chat::pdf_link))
            .routes(routes!($chat::pdf))
            .routes(routes!($chat::export_link))
            .routes(routes!($chat::export))
    };
}

/// What can be done with a chat of two.
macro_rules! of_conversation {
    ($chat:ident) => {
        of_any_chat!($chat).routes(routes!($chat::get, $chat::close))
    };
}

/// What can be done with a chat of many.
macro_rules! of_group {
    ($chat:ident) => {
        of_any_chat!($chat)
            .routes(routes!($chat::get, $chat::rename, $chat::close))
            .routes(routes!($chat::settings))
            .routes(routes!($chat::avatar, $chat::set_avatar, $chat::remove_avatar))
            .routes(routes!($chat::members, $chat::add_members, $chat::remove_members))
            .routes(routes!($chat::owner))
            .routes(routes!($chat::add_admins, $chat::remove_admins))
            .routes(routes!($chat::give_guest_access, $chat::take_guest_access))
    };
}

/// Every route, on one page.
fn routes() -> OpenApiRouter<Door> {
    let by_aux_ids = OpenApiRouter::new()
        .routes(routes!(aux::user))
        .routes(routes!(aux::list_conversations))
        .routes(routes!(aux::list_groups, aux::begin))
        .merge(of_conversation!(aux_conversations))
        .merge(of_group!(aux_groupchats));
    OpenApiRouter::new()
        // The caller, and people.
        .routes(routes!(people::me, company::change_me))
        .routes(routes!(people::contacts))
        .routes(routes!(company::coworkers))
        .routes(routes!(finding::contacts))
        .routes(routes!(finding::messages))
        .routes(routes!(people::user))
        .routes(routes!(asking::providers))
        .routes(routes!(asking::verified))
        .routes(routes!(avatars::set_mine, avatars::remove_mine))
        .routes(routes!(avatars::of_user))
        .routes(routes!(aux::name_user, aux::forget_user))
        .routes(routes!(invitations::coworker))
        .routes(routes!(invitations::contact))
        .routes(routes!(invitations::private))
        // The company, and lists of its people.
        .routes(routes!(company::company))
        .routes(routes!(company::users))
        .routes(routes!(company::import))
        .routes(routes!(company::report))
        // Chats of two, named by the other person.
        .routes(routes!(conversations::list))
        .merge(of_conversation!(conversations))
        // Chats of many.
        .routes(routes!(groupchats::list, groupchats::begin))
        .merge(of_group!(groupchats))
        .routes(routes!(aux::name_group, aux::forget_group))
        // The same by what the caller's application calls them.
        .nest("/aux", by_aux_ids)
}

/// The wire, under each base path that the operator chose.
pub fn router(door: &Door) -> Router {
    let (routes, _) = routes().split_for_parts();
    let routes = door::fenced(routes, Refusal::wrong_verb, Refusal::no_such_path)
        .layer(axum::middleware::from_fn_with_state(door.clone(), layers::surround))
        .with_state(door.clone())
        // Outside of what surrounds the others: a websocket says in its first frame who it is.
        .merge(Router::new().route("/gateway", any(gateway::connect)).with_state(Gateway::new(door)));
    // One client joins the base path and the path of an upload with a slash too many.
    door.house.settings.kpn_paths.iter().fold(Router::new(), |all, base| {
        all.nest(base, routes.clone())
            .nest(&format!("{base}//"), routes.clone())
            .route(&format!("{base}/"), any_service(routes.clone()))
    })
}
