//! Answers, likes and verifications of both kinds of chats, written once, as in [`crate::chat_routes`].

/// Makes the handlers of one kind of chat. `$of` reads the id in the path; `$name` stands in operation ids.
macro_rules! asking_routes {
    ($of:path, $name:literal, answer: $answer:tt, like: $like:tt, verification: $verification:tt $(,)?) => {
        /// Answers the question that a message asks. An answer is final: the same once more is done already, another
        /// one is 412.
        #[utoipa::path(
            post, path = $answer, tag = "Messages", operation_id = concat!("answer", $name, "Question"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("message_id" = String, Path, description = "UUID of the message"),
            ),
            request_body = $crate::asking_words::Chosen,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn answer(
            caller: door::Caller,
            $crate::taken::At((id, message)): $crate::taken::At<(String, String)>,
            $crate::taken::Words(chosen): $crate::taken::Words<$crate::asking_words::Chosen>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::asking::answer(&caller, $of(&id)?, &message, chosen).await
        }

        /// Notes that the caller likes a message.
        #[utoipa::path(
            post, path = $like, tag = "Messages", operation_id = concat!("like", $name, "Message"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("message_id" = String, Path, description = "UUID of the message"),
            ),
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn like(
            caller: door::Caller,
            $crate::taken::At((id, message)): $crate::taken::At<(String, String)>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::asking::like(&caller, $of(&id)?, &message, true).await
        }

        /// Notes that the caller no longer likes a message.
        #[utoipa::path(
            delete, path = $like, tag = "Messages", operation_id = concat!("unlike", $name, "Message"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("message_id" = String, Path, description = "UUID of the message"),
            ),
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn unlike(
            caller: door::Caller,
            $crate::taken::At((id, message)): $crate::taken::At<(String, String)>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::asking::like(&caller, $of(&id)?, &message, false).await
        }

        /// Asks somebody in the chat to prove who they are. The id is that of the message that asks.
        #[utoipa::path(
            post, path = $verification, tag = "Messages", operation_id = concat!("verify", $name, "User"),
            params(("id" = String, Path, description = "UUID of the chat; of the other person in a conversation")),
            request_body = $crate::asking_words::NewVerification,
            responses((status = 201, body = $crate::words::Made), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn verify(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            $crate::taken::Words(new): $crate::taken::Words<$crate::asking_words::NewVerification>,
        ) -> Result<(axum::http::StatusCode, axum::Json<$crate::words::Made>), $crate::Refusal> {
            $crate::asking::verify(&caller, $of(&id)?, new).await
        }
    };
}

pub(crate) use asking_routes;
