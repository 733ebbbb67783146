//! What a chat of two can do besides what [`crate::chat_routes`] has, written once for both ways to name the other one.

/// Makes the handlers. `$of` reads the id in the path; `$name` stands in operation ids.
macro_rules! conversation_routes {
    ($of:path, $name:literal) => {
        /// A conversation. One that has not begun yet is shown empty, when the caller may write to that person.
        #[utoipa::path(
            get, path = "/conversations/{id}", tag = "Conversations", operation_id = concat!("get", $name),
            params(("id" = String, Path, description = "UUID of the other person")),
            responses((status = 200, body = $crate::words::Conversation), $crate::answers::Naming, $crate::answers::Unchanged),
            security(("oauth" = ["read"]))
        )]
        pub async fn get(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
        ) -> Result<$crate::tags::Tagged<$crate::words::Conversation>, $crate::Refusal> {
            $crate::conversations::show(&caller, $of(&id)?).await
        }

        /// Closes a conversation: it can still be read. It cannot be deleted.
        #[utoipa::path(
            delete, path = "/conversations/{id}", tag = "Conversations", operation_id = concat!("close", $name),
            params(("id" = String, Path, description = "UUID of the other person")),
            request_body = $crate::words::Ending,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn close(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            $crate::taken::Words(ending): $crate::taken::Words<$crate::words::Ending>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::conversations::close_chat(&caller, $of(&id)?, &ending).await
        }

        $crate::chat_routes::chat_routes!(
            $of, $name,
            messages: "/conversations/{id}/messages",
            message: "/conversations/{id}/messages/{message_id}",
            read: "/conversations/{id}/read",
            attachments: "/conversations/{id}/attachments",
            attachment: "/conversations/{id}/attachments/{attachment_id}",
            content: "/conversations/{id}/attachments/{attachment_id}/content",
            pdf: "/conversations/{id}/pdf",
            pdf_content: "/conversations/{id}/pdf/content",
            export: "/conversations/{id}/export",
            export_content: "/conversations/{id}/export/content",
        );

        $crate::asking_routes::asking_routes!(
            $of, $name,
            answer: "/conversations/{id}/messages/{message_id}/answer",
            like: "/conversations/{id}/messages/{message_id}/like",
            verification: "/conversations/{id}/verification",
        );
    };
}

pub(crate) use conversation_routes;
