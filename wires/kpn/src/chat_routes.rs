//! What both kinds of chats can do, written once: the routes below a conversation's or a group's own path.

/// Makes the handlers of one kind of chat. `$of` reads the id in the path; `$name` stands in operation ids.
macro_rules! chat_routes {
    (
        $of:path, $name:literal,
        messages: $messages:tt, message: $message:tt, read: $read:tt,
        attachments: $attachments:tt, attachment: $attachment:tt, content: $content:tt,
        pdf: $pdf:tt, pdf_content: $pdf_content:tt, export: $export:tt, export_content: $export_content:tt $(,)?
    ) => {
        /// Messages, newest first. That they are fetched marks them as delivered to the caller.
        #[utoipa::path(
            get, path = $messages, tag = "Messages", operation_id = concat!("list", $name, "Messages"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
                ("amount" = Option<u32>, Query, description = "Messages a page, 20 unless said, 100 at most", example = 20),
                ("before" = Option<String>, Query, description = "UUID of a message: those before it, instead of a page"),
                ("start_date" = Option<String>, Query, description = "Only messages from this instant on"),
                ("end_date" = Option<String>, Query, description = "Only messages up to this instant"),
            ),
            responses((status = 200, body = Vec<$crate::words::MessageWord>), $crate::answers::Naming),
            security(("oauth" = ["read"]))
        )]
        pub async fn messages(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            query: $crate::messages::MessageQuery,
        ) -> Result<axum::Json<Vec<$crate::words::MessageWord>>, $crate::Refusal> {
            $crate::messages::list(&caller, $of(&id)?, query).await
        }

        /// Sends a message.
        #[utoipa::path(
            post, path = $messages, tag = "Messages", operation_id = concat!("send", $name, "Message"),
            params(("id" = String, Path, description = "UUID of the chat; of the other person in a conversation")),
            request_body = $crate::words::NewMessage,
            responses((status = 201, body = $crate::words::Made), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn post(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            $crate::taken::Words(message): $crate::taken::Words<$crate::words::NewMessage>,
        ) -> Result<(axum::http::StatusCode, axum::Json<$crate::words::Made>), $crate::Refusal> {
            $crate::messages::post(&caller, $of(&id)?, message).await
        }

        /// One message.
        #[utoipa::path(
            get, path = $message, tag = "Messages", operation_id = concat!("get", $name, "Message"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("message_id" = String, Path, description = "UUID of the message"),
            ),
            responses((status = 200, body = $crate::words::MessageWord), $crate::answers::Naming, $crate::answers::Unchanged),
            security(("oauth" = ["read"]))
        )]
        pub async fn message(
            caller: door::Caller,
            $crate::taken::At((id, message)): $crate::taken::At<(String, String)>,
        ) -> Result<$crate::tags::Tagged<$crate::words::MessageWord>, $crate::Refusal> {
            $crate::messages::get(&caller, $of(&id)?, &message).await
        }

        /// Deletes a message: its text and files go, for everybody.
        #[utoipa::path(
            delete, path = $message, tag = "Messages", operation_id = concat!("delete", $name, "Message"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("message_id" = String, Path, description = "UUID of the message"),
            ),
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn delete(
            caller: door::Caller,
            $crate::taken::At((id, message)): $crate::taken::At<(String, String)>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::messages::delete(&caller, $of(&id)?, &message).await
        }

        /// Notes that the caller has read the chat, up to a message or to its newest.
        #[utoipa::path(
            put, path = $read, tag = "Messages", operation_id = concat!("read", $name),
            params(("id" = String, Path, description = "UUID of the chat; of the other person in a conversation")),
            request_body = $crate::words::ReadUpTo,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Naming),
            security(("oauth" = ["write"]))
        )]
        pub async fn read(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            $crate::taken::Words(up_to): $crate::taken::Words<$crate::words::ReadUpTo>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::messages::read(&caller, $of(&id)?, up_to).await
        }

        /// Sends files, with or without a text. The id is the message's.
        #[utoipa::path(
            post, path = $attachments, tag = "Attachments", operation_id = concat!("upload", $name, "Files"),
            params(("id" = String, Path, description = "UUID of the chat; of the other person in a conversation")),
            request_body(content = $crate::files::FilesForm, content_type = "multipart/form-data"),
            responses((status = 201, body = $crate::words::Made), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn upload(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            form: $crate::files::Form,
        ) -> Result<(axum::http::StatusCode, axum::Json<$crate::words::Made>), $crate::Refusal> {
            $crate::files::upload(&caller, $of(&id)?, form).await
        }

        /// Where a file's bytes are: a redirect, or with `headers=false` the address in the body alone.
        #[utoipa::path(
            get, path = $attachment, tag = "Attachments", operation_id = concat!("get", $name, "Attachment"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("attachment_id" = String, Path, description = "UUID of the file"),
                ("headers" = Option<bool>, Query, description = "`false` leaves out `Location`", example = false),
            ),
            responses((status = 302, body = $crate::words::Link), $crate::answers::Changing),
            security(("oauth" = ["read"]))
        )]
        pub async fn link(
            caller: door::Caller,
            $crate::taken::At((id, file)): $crate::taken::At<(String, String)>,
            place: $crate::files::LinkPlace,
        ) -> Result<axum::response::Response, $crate::Refusal> {
            $crate::files::link(&caller, $of(&id)?, &file, &place).await
        }

        /// A file's bytes.
        #[utoipa::path(
            get, path = $content, tag = "Attachments", operation_id = concat!("download", $name, "Attachment"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("attachment_id" = String, Path, description = "UUID of the file"),
            ),
            responses(
                (status = 200, content_type = "application/octet-stream"),
                $crate::answers::Changing
            ),
            security(("oauth" = ["read"]))
        )]
        pub async fn download(
            caller: door::Caller,
            axum::extract::State(door): axum::extract::State<door::Door>,
            $crate::taken::At((id, file)): $crate::taken::At<(String, String)>,
            token: $crate::files::Token,
        ) -> Result<axum::response::Response, $crate::Refusal> {
            $crate::files::download(&caller, &door, $of(&id)?, &file, token).await
        }

        /// Where the chat is as a PDF: a redirect, or with `headers=false` the address in the body alone.
        #[utoipa::path(
            get, path = $pdf, tag = "Documents", operation_id = concat!("get", $name, "Pdf"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("start_date" = Option<String>, Query, description = "Only messages from this instant on"),
                ("end_date" = Option<String>, Query, description = "Only messages up to this instant"),
                ("headers" = Option<bool>, Query, description = "`false` leaves out `Location`", example = false),
            ),
            responses((status = 302, body = $crate::words::Link), $crate::answers::Naming),
            security(("oauth" = ["read"]))
        )]
        pub async fn pdf_link(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            dates: $crate::exports::Dates,
            place: $crate::files::LinkPlace,
        ) -> Result<axum::response::Response, $crate::Refusal> {
            $crate::exports::link(&caller, $of(&id)?, &dates, &place).await
        }

        /// The chat as a PDF.
        #[utoipa::path(
            get, path = $pdf_content, tag = "Documents", operation_id = concat!("download", $name, "Pdf"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("start_date" = Option<String>, Query, description = "Only messages from this instant on"),
                ("end_date" = Option<String>, Query, description = "Only messages up to this instant"),
            ),
            responses((status = 200, content_type = "application/pdf"), $crate::answers::Naming),
            security(("oauth" = ["read"]))
        )]
        pub async fn pdf(
            caller: door::Caller,
            axum::extract::State(door): axum::extract::State<door::Door>,
            $crate::taken::At(id): $crate::taken::At<String>,
            dates: $crate::exports::Dates,
            token: $crate::files::Token,
        ) -> Result<axum::response::Response, $crate::Refusal> {
            $crate::exports::pdf(&caller, &door, $of(&id)?, &dates, token).await
        }

        /// Where the chat is as data and files: a redirect, or with `headers=false` the address in the body alone.
        #[utoipa::path(
            get, path = $export, tag = "Documents", operation_id = concat!("get", $name, "Export"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("start_date" = Option<String>, Query, description = "Only messages from this instant on"),
                ("end_date" = Option<String>, Query, description = "Only messages up to this instant"),
                ("headers" = Option<bool>, Query, description = "`false` leaves out `Location`", example = false),
            ),
            responses((status = 302, body = $crate::words::Link), $crate::answers::Naming),
            security(("oauth" = ["read"]))
        )]
        pub async fn export_link(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            dates: $crate::exports::Dates,
            place: $crate::files::LinkPlace,
        ) -> Result<axum::response::Response, $crate::Refusal> {
            $crate::exports::link(&caller, $of(&id)?, &dates, &place).await
        }

        /// The chat as an archive: `chat.json`, which is a `ChatFile`, and the files in `files/`.
        #[utoipa::path(
            get, path = $export_content, tag = "Documents", operation_id = concat!("download", $name, "Export"),
            params(
                ("id" = String, Path, description = "UUID of the chat; of the other person in a conversation"),
                ("start_date" = Option<String>, Query, description = "Only messages from this instant on"),
                ("end_date" = Option<String>, Query, description = "Only messages up to this instant"),
            ),
            responses((status = 200, content_type = "application/zip"), $crate::answers::Naming),
            security(("oauth" = ["read"]))
        )]
        pub async fn export(
            caller: door::Caller,
            axum::extract::State(door): axum::extract::State<door::Door>,
            $crate::taken::At(id): $crate::taken::At<String>,
            dates: $crate::exports::Dates,
            token: $crate::files::Token,
        ) -> Result<axum::response::Response, $crate::Refusal> {
            $crate::exports::archive(&caller, &door, $of(&id)?, &dates, token).await
        }
    };
}

pub(crate) use chat_routes;
