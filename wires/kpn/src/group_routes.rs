//! What a group chat can do besides what [`crate::chat_routes`] has, written once for both ways to name one.

/// Makes the handlers. `$of` reads the id in the path; `$name` stands in operation ids.
macro_rules! group_routes {
    ($of:path, $name:literal) => {
        /// A group chat.
        #[utoipa::path(
            get, path = "/groupchats/{id}", tag = "Groupchats", operation_id = concat!("get", $name),
            params(("id" = String, Path, description = "UUID")),
            responses((status = 200, body = $crate::words::GroupChat), $crate::answers::Naming, $crate::answers::Unchanged),
            security(("oauth" = ["read"]))
        )]
        pub async fn get(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
        ) -> Result<$crate::tags::Tagged<$crate::words::GroupChat>, $crate::Refusal> {
            $crate::groupchats::show(&caller, $of(&id)?).await
        }

        /// Gives a group chat another subject.
        #[utoipa::path(
            put, path = "/groupchats/{id}", tag = "Groupchats", operation_id = concat!("rename", $name),
            params(
                ("id" = String, Path, description = "UUID"),
                ("If-Match" = Option<String>, Header, description = "`ETag` of the chat as it was read: 412 when it has changed"),
            ),
            request_body = $crate::words::NewSubject,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn rename(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            asked: $crate::tags::IfMatch,
            $crate::taken::Words(new): $crate::taken::Words<$crate::words::NewSubject>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::groupchats::give_subject(&caller, $of(&id)?, asked, &new).await
        }

        /// Closes a group chat: it can still be read. With `remove`, deletes it for everybody with all that is in it.
        #[utoipa::path(
            delete, path = "/groupchats/{id}", tag = "Groupchats", operation_id = concat!("close", $name),
            params(("id" = String, Path, description = "UUID")),
            request_body = $crate::words::Ending,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn close(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            _: $crate::tags::Unconditional,
            $crate::taken::Words(ending): $crate::taken::Words<$crate::words::Ending>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::conversations::close_chat(&caller, $of(&id)?, &ending).await
        }

        /// Changes how a group chat behaves; what is left out stays as it is.
        #[utoipa::path(
            put, path = "/groupchats/{id}/settings", tag = "Groupchats", operation_id = concat!("change", $name, "Settings"),
            params(
                ("id" = String, Path, description = "UUID"),
                ("If-Match" = Option<String>, Header, description = "`ETag` of the chat as it was read: 412 when it has changed"),
            ),
            request_body = $crate::words::GroupSettings,
            responses((status = 200, body = $crate::words::GroupSettings), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn settings(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            asked: $crate::tags::IfMatch,
            $crate::taken::Words(new): $crate::taken::Words<$crate::words::GroupSettings>,
        ) -> Result<axum::Json<$crate::words::GroupSettings>, $crate::Refusal> {
            $crate::groupchats::change_settings(&caller, $of(&id)?, asked, &new).await
        }

        /// Everybody in a group chat.
        #[utoipa::path(
            get, path = "/groupchats/{id}/members", tag = "Members", operation_id = concat!("list", $name, "Members"),
            params(("id" = String, Path, description = "UUID")),
            responses((status = 200, body = Vec<$crate::words::MemberUser>), $crate::answers::Naming, $crate::answers::Unchanged),
            security(("oauth" = ["read"]))
        )]
        pub async fn members(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
        ) -> Result<$crate::tags::Tagged<Vec<$crate::words::MemberUser>>, $crate::Refusal> {
            $crate::members::list(&caller, $of(&id)?).await
        }

        /// Adds people to a group chat.
        #[utoipa::path(
            put, path = "/groupchats/{id}/members", tag = "Members", operation_id = concat!("add", $name, "Members"),
            params(("id" = String, Path, description = "UUID")),
            request_body = $crate::words::MemberIds,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn add_members(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            _: $crate::tags::Unconditional,
            $crate::taken::Words(ids): $crate::taken::Words<$crate::words::MemberIds>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::members::add(&caller, $of(&id)?, &ids).await
        }

        /// Removes people from a group chat; removing oneself is leaving.
        #[utoipa::path(
            delete, path = "/groupchats/{id}/members", tag = "Members", operation_id = concat!("remove", $name, "Members"),
            params(("id" = String, Path, description = "UUID")),
            request_body = $crate::words::MemberIds,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn remove_members(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            _: $crate::tags::Unconditional,
            $crate::taken::Words(ids): $crate::taken::Words<$crate::words::MemberIds>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::members::remove(&caller, $of(&id)?, &ids).await
        }

        /// Hands a group chat to another member.
        #[utoipa::path(
            put, path = "/groupchats/{id}/owner", tag = "Members", operation_id = concat!("change", $name, "Owner"),
            params(
                ("id" = String, Path, description = "UUID"),
                ("If-Match" = Option<String>, Header, description = "`ETag` of the chat as it was read: 412 when it has changed"),
            ),
            request_body = $crate::words::NewOwner,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn owner(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            asked: $crate::tags::IfMatch,
            $crate::taken::Words(new): $crate::taken::Words<$crate::words::NewOwner>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::members::owner(&caller, $of(&id)?, asked, &new).await
        }

        /// Makes members admins.
        #[utoipa::path(
            put, path = "/groupchats/{id}/admins", tag = "Members", operation_id = concat!("add", $name, "Admins"),
            params(
                ("id" = String, Path, description = "UUID"),
                ("If-Match" = Option<String>, Header, description = "`ETag` of the chat as it was read: 412 when it has changed"),
            ),
            request_body = $crate::words::AdminIds,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn add_admins(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            asked: $crate::tags::IfMatch,
            $crate::taken::Words(ids): $crate::taken::Words<$crate::words::AdminIds>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::members::set_admins(&caller, $of(&id)?, asked, (&ids, true)).await
        }

        /// Makes admins members again.
        #[utoipa::path(
            delete, path = "/groupchats/{id}/admins", tag = "Members", operation_id = concat!("remove", $name, "Admins"),
            params(
                ("id" = String, Path, description = "UUID"),
                ("If-Match" = Option<String>, Header, description = "`ETag` of the chat as it was read: 412 when it has changed"),
            ),
            request_body = $crate::words::AdminIds,
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn remove_admins(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            asked: $crate::tags::IfMatch,
            $crate::taken::Words(ids): $crate::taken::Words<$crate::words::AdminIds>,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::members::set_admins(&caller, $of(&id)?, asked, (&ids, false)).await
        }

        /// Gives a group chat a link by which guests come, in place of any that it has: who came by that one is out.
        #[utoipa::path(
            put, path = "/groupchats/{id}/guest_access", tag = "Members", operation_id = concat!("give", $name, "GuestAccess"),
            params(("id" = String, Path, description = "UUID")),
            request_body = $crate::guest_words::NewGuestAccess,
            responses((status = 200, body = $crate::guest_words::GuestAccess), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn give_guest_access(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            _: $crate::tags::Unconditional,
            $crate::taken::Words(new): $crate::taken::Words<$crate::guest_words::NewGuestAccess>,
        ) -> Result<axum::Json<$crate::guest_words::GuestAccess>, $crate::Refusal> {
            $crate::guests::give(&caller, $of(&id)?, &new).await
        }

        /// Takes a group chat's link for guests away: who came by it is out.
        #[utoipa::path(
            delete, path = "/groupchats/{id}/guest_access", tag = "Members", operation_id = concat!("take", $name, "GuestAccess"),
            params(("id" = String, Path, description = "UUID")),
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn take_guest_access(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            _: $crate::tags::Unconditional,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::guests::take_away(&caller, $of(&id)?).await
        }

        /// Gives a group chat a picture, in place of any that it has.
        #[utoipa::path(
            post, path = "/groupchats/{id}/avatar", tag = "Groupchats", operation_id = concat!("set", $name, "Avatar"),
            params(("id" = String, Path, description = "UUID")),
            request_body(content = $crate::avatars::AvatarForm, content_type = "multipart/form-data"),
            responses((status = 200, body = $crate::avatars::Avatar), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn set_avatar(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            _: $crate::tags::Unconditional,
            form: $crate::avatars::Form,
        ) -> Result<axum::Json<$crate::avatars::Avatar>, $crate::Refusal> {
            $crate::avatars::set_groups(&caller, $of(&id)?, form).await
        }

        /// Takes a group chat's picture away.
        #[utoipa::path(
            delete, path = "/groupchats/{id}/avatar", tag = "Groupchats", operation_id = concat!("remove", $name, "Avatar"),
            params(("id" = String, Path, description = "UUID")),
            responses((status = 200, body = $crate::words::Done), $crate::answers::Changing),
            security(("oauth" = ["write"]))
        )]
        pub async fn remove_avatar(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            _: $crate::tags::Unconditional,
        ) -> Result<axum::Json<$crate::words::Done>, $crate::Refusal> {
            $crate::avatars::remove_groups(&caller, $of(&id)?).await
        }

        /// A group chat's picture. It may be kept and asked for again by its `ETag`.
        #[utoipa::path(
            get, path = "/groupchats/{id}/avatar", tag = "Groupchats", operation_id = concat!("get", $name, "Avatar"),
            params(("id" = String, Path, description = "UUID")),
            responses((status = 200, content_type = "image/jpeg"), $crate::answers::Naming, $crate::answers::Unchanged),
            security(("oauth" = ["read"]))
        )]
        pub async fn avatar(
            caller: door::Caller,
            $crate::taken::At(id): $crate::taken::At<String>,
            headers: axum::http::HeaderMap,
        ) -> Result<axum::response::Response, $crate::Refusal> {
            $crate::avatars::of_group(&caller, $of(&id)?, &headers).await
        }

        $crate::chat_routes::chat_routes!(
            $of, $name,
            messages: "/groupchats/{id}/messages",
            message: "/groupchats/{id}/messages/{message_id}",
            read: "/groupchats/{id}/read",
            attachments: "/groupchats/{id}/attachments",
            attachment: "/groupchats/{id}/attachments/{attachment_id}",
            content: "/groupchats/{id}/attachments/{attachment_id}/content",
            pdf: "/groupchats/{id}/pdf",
            pdf_content: "/groupchats/{id}/pdf/content",
            export: "/groupchats/{id}/export",
            export_content: "/groupchats/{id}/export/content",
        );

        $crate::asking_routes::asking_routes!(
            $of, $name,
            answer: "/groupchats/{id}/messages/{message_id}/answer",
            like: "/groupchats/{id}/messages/{message_id}/like",
            verification: "/groupchats/{id}/verification",
        );
    };
}

pub(crate) use group_routes;
