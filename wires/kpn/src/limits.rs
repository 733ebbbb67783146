//! Limits as this wire says them to who went beyond one: a sentence for the developer.

use kernel::Limit;

/// What is allowed, in a sentence.
pub(crate) fn sentence(limit: Limit) -> String {
    match known(limit.name) {
        Some(sentence) => sentence.replace("{}", &limit.most.to_string()),
        None => format!("no more than {} {} are taken", limit.most, limit.name.replace('_', " ")),
    }
}

/// The sentence around the number.
fn known(name: &str) -> Option<&'static str> {
    Some(match name {
        "calls_per_second" => "a token may make {} calls a second",
        "uploads_per_second" => "a token may send {} forms with files a second",
        "failures_per_second" => "an address may come with {} tokens a second that do not stand",
        "events_per_minute" => "a token may send {} events a minute, in all its sessions",
        "messages_per_minute" => {
            "a token may send {} messages a minute through the gateway, in all its sessions"
        }
        "gateway_sessions" => "the gateway has {} sessions, and no place for another just now",
        "gateway_sessions_of_one_person" => "one person may have {} sessions on the gateway",
        "invitations_per_day" => "one person may invite {} people a day",
        "invitation_letters_per_day" => {
            "{} invitations went to this address within a day; with send_email false no letter goes out, and the \
             answer has the id"
        }
        "exports_per_person" => "one person is handed {} document or archive at a time",
        "aux_id_bytes" => "an auxiliary id has at most {} bytes",
        "message_chars" => "a message has at most {} characters",
        "message_bytes" => "the text of an upload has at most {} bytes",
        "subject_chars" => "a subject has at most {} characters",
        "position" => "a position has at most {} characters",
        "label" => "the label of an option has at most {} characters",
        "style" => "a style has at most {} characters",
        "question_options" => "a question has at most {} options",
        "question_users" => "a question names at most {} users",
        "query_chars" => "what is looked for has at most {} characters",
        "query_words" => "what is looked for has at most {} words",
        "request_body_bytes" => "a body of JSON has at most {} bytes",
        "frame_bytes" => "a frame has at most {} bytes",
        "files_per_message" => "a message has at most {} files",
        "file_bytes" => "a file has at most {} bytes",
        "picture_bytes" => "a picture has at most {} bytes",
        "picture_pixels" => "a picture has at most {} pixels",
        "document_pages" => "a document has at most {} pages; ask for a shorter span",
        "chat_members" => "a chat has at most {} members",
        "chat_patients" => "a chat has at most {} patients, those included who left",
        "members_per_request" => "one request names at most {} people; name the others in further ones",
        "invite_users" => "at most {} people are invited with a new group; invite the others after that",
        "users" => "a list of people has at most {} rows",
        "subscriptions" => "a session subscribes to at most {} groups",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_said_in_a_sentence_also_one_that_is_new() {
        let said = |name, most| sentence(Limit::new(name, most));
        assert_eq!(said("calls_per_second", 30), "a token may make 30 calls a second");
        assert_eq!(said("beds_per_room", 4), "no more than 4 beds per room are taken");
    }
}
