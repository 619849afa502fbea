// Made by `npm run client` of the OpenAPI document; do not edit.
// document: bf4d81d58ca7edce4ad119575bcd7189860775adc21296f4dd5f01aef3e5c916

export interface paths {
    "/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a photo
         * @description Its bytes as the body, whatever the content type; or a form with the field `file`; or JSON with a `source` that the service fetches. What is answered with 201 is stored; of what is not, nothing is.
         */
        post: operations["createUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at an upload */
        get: operations["getUpload"];
        put?: never;
        post?: never;
        /** Delete an upload and all that was made of it */
        delete: operations["deleteUpload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/direct": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a URL to put a photo to
         * @description For clients that shall not send photos through the service: a presigned PUT into R2 where its credentials are set, else a signed one to this service. A back end can hand it to its app. What is not completed is deleted.
         */
        post: operations["createDirectUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Put a photo to a signed URL of this service
         * @description The `url` of `POST /v1/uploads/direct`; the signature in it is the permission.
         */
        put: operations["putDirectUpload"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make what was put an upload
         * @description Looks at the photo, and keeps or refuses it. May be repeated.
         */
        post: operations["completeDirectUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/resumable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin an upload that can be resumed
         * @description [tus](https://tus.io/protocols/resumable-upload) 1.0.0 with creation, expiration, checksum and termination: take any of its clients. `Upload-Metadata` may have `user`, and `sha256` of the whole photo, hexadecimal.
         */
        post: operations["createResumableUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/resumable/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Give it up */
        delete: operations["deleteResumableUpload"];
        options?: never;
        /** Ask how much of it is stored */
        head: operations["headResumableUpload"];
        /**
         * Send more of it
         * @description What arrived of a request that broke off is kept. With the last byte the photo is looked at: the upload exists, or the answer says why not and nothing is kept.
         */
        patch: operations["patchResumableUpload"];
        trace?: never;
    };
    "/v1/stylizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make pictures of a photo
         * @description Answers when they are made; with `Prefer: respond-async`, at once. A form with a photo and the request uploads and draws in one go, which takes the scope `upload` too. Where there is one output and `Accept` asks for `image/*` before JSON, the answer is the picture.
         */
        post: operations["createStylization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stylizations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at a stylization
         * @description While it is under way, `Retry-After` says when to ask again.
         */
        get: operations["getStylization"];
        put?: never;
        post?: never;
        /**
         * Cancel a stylization, or delete it
         * @description One that is under way is canceled, and nothing more is drawn. One that has ended is deleted with its pictures.
         */
        delete: operations["deleteStylization"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stylizations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a stylization
         * @description Server-sent events until it has ended; `Last-Event-ID` goes on after a broken connection. The first event is its `status`, and so is the last.
         */
        get: operations["streamStylization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pictures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a picture of a stylization
         * @description An output's `url`. Needs no key, so that an `<img>` can show it.
         */
        get: operations["getPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/image/{options}/{source}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a picture of a photo by its URL
         * @description For an `<img>`: drawn when it is first asked for, then cached. [/docs/options](/docs/options) has all options. Where `GET /v1/styles` says `signed`, the URL must be; where it says `keys` alone, a key or a token does in place of a signature, and the picture is taken from its month.
         */
        get: operations["getImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new secret to verify webhooks with
         * @description One for each key; a token makes none. The one before signs too, for a day, so that receivers can be changed one by one.
         */
        post: operations["createWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what became of webhooks
         * @description The newest first, a hundred at most. The dead ones are the dead-letter list; they are kept for a month, or until their stylization is deleted or expires.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/deliveries/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver a webhook again
         * @description With the same id, at once, and again for a day where that fails.
         */
        post: operations["replayDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what is stored of a user
         * @description Empty lists where there is nothing, or there is no such user.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        /**
         * Erase everything of a user
         * @description The uploads and stylizations that were made with this `user`, the pictures, and all that was drawn of these photos, in every style and size.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all keys
         * @description The newest first, in pages.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make a key
         * @description The first is made with `ADMIN_SECRET` as the key.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a key */
        get: operations["getKey"];
        put?: never;
        post?: never;
        /**
         * Revoke a key
         * @description At once, and with it the tokens that it has minted. Its usage stays to be read.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        /**
         * Change a key
         * @description Everywhere in force with the next request.
         */
        patch: operations["changeKey"];
        trace?: never;
    };
    "/v1/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a key a new secret
         * @description The old one goes on for an hour, so that nothing stops while it is replaced, and so do the tokens that it has minted. Twice in a row ends the old one and its tokens at once.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See what a key has used */
        get: operations["getKeyUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See what one's own key has used */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mint a token for an app
         * @description A back end does it with its key and hands the token to its app, so that no key is in an app. It counts to the key's quotas, and ends with the key.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/styles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the styles
         * @description What there is to choose from, its licence, and what image URLs must be like.
         */
        get: operations["listStyles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have pictures made anew
         * @description 100 sources, styles and tags at most. Nothing that was uploaded is deleted.
         */
        post: operations["purge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ask whether the service runs */
        get: operations["isAlive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ask whether pictures can be made */
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get this description of the API */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    stylizationEnded: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Be told that a stylization has ended
         * @description Sent to the stylization's `webhook`, and again for a day until it is answered with 2xx. Verify it before you believe it: the client's `verifyWebhook` does.
         */
        post: operations["stylizationEnded"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        WebhookEvent: {
            /** @enum {string} */
            type: "stylization.succeeded" | "stylization.failed" | "stylization.canceled";
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            timestamp: string;
            data: components["schemas"]["Stylization"];
        };
        Stylization: {
            /** @example 9fGk2mVx4Qb7TzLr0WcYhA */
            id: string;
            status: components["schemas"]["StylizationStatus"];
            source: string;
            outputs: components["schemas"]["Output"][];
            /**
             * Format: uri
             * @example https://app.example.com/hooks/stylegate
             */
            webhook?: string;
            /**
             * @description Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address.
             * @example u_4711
             */
            user?: string;
            /**
             * @description Up to 16 texts of the caller's own, given back with the stylization and in its webhooks. Their names have letters, digits, `.`, `_` and `-`, 40 at most.
             * @example {
             *       "order": "77"
             *     }
             */
            labels?: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            startedAt?: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            finishedAt?: string;
            /**
             * Format: date-time
             * @description When it, and its pictures, are deleted (`STYLIZATION_TTL`).
             * @example 2026-11-29T10:00:00.000Z
             */
            expiresAt: string;
        };
        /**
         * @description `failed`: at least one output could not be made; those that could are there. The last three are final.
         * @enum {string}
         */
        StylizationStatus: "queued" | "running" | "succeeded" | "failed" | "canceled";
        Output: {
            index: number;
            status: components["schemas"]["StylizationStatus"];
            request: components["schemas"]["OutputRequest"];
            /**
             * @description Path of the picture at this service, once it has succeeded. Whoever knows it can see the picture until the stylization expires or is deleted: treat it like a link.
             * @example /v1/pictures/Jb0oGf3oT1m3V7m8n1C6fQ
             */
            url?: string;
            contentType?: string;
            bytes?: number;
            width?: number;
            height?: number;
            /** @description SHA-256 of the bytes, hexadecimal. */
            sha256?: string;
            /** @description Found in the picture, where somebody looked. */
            faces?: number;
            error?: components["schemas"]["Problem"];
        };
        /** @description The options of an image URL: [/docs/options](/docs/options) has their meaning and limits. */
        OutputRequest: {
            /**
             * @description An id of `GET /v1/styles`.
             * @example toon
             */
            style: string;
            /**
             * @default jpeg
             * @enum {string}
             */
            format?: "jpeg" | "webp" | "avif" | "png" | "json";
            /** @description Pixels. */
            width?: number;
            /** @description Pixels. */
            height?: number;
            /** @description Rounded to hundredths. */
            dpr?: number;
            /**
             * @default scale-down
             * @enum {string}
             */
            fit?: "scale-down" | "contain" | "cover" | "crop" | "pad";
            /** @example face */
            gravity?: string;
            /** @example #ffffff */
            background?: string;
            /** @default 85 */
            quality?: number;
            /**
             * @description Rounded to hundredths.
             * @default 1
             */
            strength?: number;
            /**
             * @default auto
             * @enum {string}
             */
            faces?: "auto" | "none";
            /** @default stylize */
            backdrop?: string;
            /**
             * @default copyright
             * @enum {string}
             */
            metadata?: "copyright" | "none";
            /** @description Pins the style's network; `GET /v1/styles` tells the versions. */
            version?: string;
        };
        /** @description RFC 9457. Every error is one. */
        Problem: {
            /** @example /docs/errors#invalid_request */
            type: string;
            title: string;
            status: number;
            /** @description What happened this time, for people. */
            detail: string;
            /**
             * @description Stable: branch on it. `/docs/errors` explains them all; there may be more in time.
             * @example invalid_request
             * @enum {string}
             */
            code: "invalid_options" | "unknown_option" | "duplicate_option" | "invalid_option" | "missing_style" | "unknown_preset" | "presets_only" | "unknown_style" | "invalid_source" | "invalid_purge" | "invalid_request" | "unauthorized" | "forbidden" | "host_not_allowed" | "source_not_allowed" | "style_not_allowed" | "webhook_not_allowed" | "signature_required" | "invalid_signature" | "signature_expired" | "source_refused" | "picture_refused" | "origin_not_allowed" | "not_found" | "unknown_version" | "source_not_found" | "upload_not_found" | "stylization_not_found" | "picture_not_found" | "key_not_found" | "delivery_not_found" | "method_not_allowed" | "upload_timeout" | "idempotency_conflict" | "key_revoked" | "source_changed" | "upload_incomplete" | "upload_offset" | "webhook_secret_missing" | "tus_version" | "body_too_large" | "source_too_large" | "picture_too_large" | "too_many_pixels" | "unsupported_format" | "unsupported_media_type" | "range_not_satisfiable" | "corrupt_picture" | "picture_too_small" | "nobody_found" | "idempotency_mismatch" | "digest_mismatch" | "upload_locked" | "rate_limited" | "quota_exceeded" | "too_much_under_way" | "internal" | "misconfigured" | "source_unreachable" | "source_status" | "inference_failed" | "inference_unavailable" | "moderation_unavailable" | "storage_unavailable" | "overloaded" | "admin_disabled" | "not_ready" | "source_timeout" | "inference_timeout" | "request_loop";
            instance?: string;
            /** @description Of `invalid_request`: each thing that is wrong. */
            errors?: {
                /**
                 * @description Where in the request: a JSON pointer into the body, or a parameter's name.
                 * @example /outputs/0/width
                 */
                pointer: string;
                detail: string;
            }[];
        };
        StylizationEvent: {
            /** @enum {string} */
            type: "status";
            stylization: components["schemas"]["Stylization"];
        } | {
            /** @enum {string} */
            type: "progress";
            output: number;
            /**
             * @description What begins: the photo is fetched (`source`), read (`decode`), checked (`moderate`); faces are found in it (`detect`), and people (`segment`); it is drawn (`infer`), put together (`compose`), and made a file (`encode`). Steps that are not needed are left out; there may be more in time.
             * @example infer
             * @enum {string}
             */
            step: "source" | "decode" | "moderate" | "detect" | "segment" | "infer" | "compose" | "encode";
        } | {
            /** @enum {string} */
            type: "output";
            output: components["schemas"]["Output"];
        };
        Upload: {
            /** @example 9fGk2mVx4Qb7TzLr0WcYhA */
            id: string;
            /** @description Pixels, upright. */
            width: number;
            height: number;
            /** @example jpeg */
            format: string;
            /** @description Of what was sent. */
            bytes: number;
            /** @description SHA-256 of what was sent, hexadecimal. */
            sha256: string;
            /**
             * @description Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address.
             * @example u_4711
             */
            user?: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it is deleted (`UPLOAD_TTL`); never, where there is none.
             * @example 2026-11-29T10:00:00.000Z
             */
            expiresAt?: string;
            /**
             * @description An image URL of it, where those need no signature.
             * @example /image/style=engraving/upload:9fGk2mVx4Qb7TzLr0WcYhA
             */
            image?: string;
        };
        UploadForm: {
            /** Format: binary */
            file: Blob;
            /**
             * @description Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address.
             * @example u_4711
             */
            user?: string;
        };
        UploadFrom: {
            /** @description An http(s) URL that may be fetched, or `r2:{bucket}/{key}`. */
            source: string;
            /**
             * @description Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address.
             * @example u_4711
             */
            user?: string;
        };
        Erasure: {
            uploads: number;
            stylizations: number;
            /** @description Outputs of stylizations. */
            pictures: number;
            /** @description Drawings, before size and format. */
            masters: number;
            /** @description Drawings in a size and format. */
            variants: number;
            mattes: number;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            erasedAt: string;
            /**
             * Format: date-time
             * @description What was being drawn while this was deleted may be stored a moment later: it is looked for once more then.
             * @example 2026-11-29T10:00:00.000Z
             */
            sweptAgainAt: string;
            /** @description What cannot be reached, in a sentence: browsers, and caches outside of the service. */
            caches: string;
        };
        DirectUpload: {
            /** @example 9fGk2mVx4Qb7TzLr0WcYhA */
            id: string;
            /** @enum {string} */
            method: "PUT";
            /**
             * Format: uri
             * @description Where the photo goes: the storage itself, or this service.
             * @example https://app.example.com/hooks/stylegate
             */
            url: string;
            /** @description To be sent exactly so; they are part of the signature. */
            headers: {
                [key: string]: string;
            };
            /**
             * @description To be POSTed to when the photo is there.
             * @example /v1/uploads/9fGk2mVx4Qb7TzLr0WcYhA/complete
             */
            complete: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            expiresAt: string;
        };
        DirectUploadRequest: {
            bytes: number;
            /** @description Where it is given, the storage takes nothing else. */
            sha256?: string;
            /**
             * @description Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address.
             * @example u_4711
             */
            user?: string;
        };
        StylizationRequest: {
            /**
             * @description `upload:{id}`, an absolute http(s) URL that may be fetched, or `r2:{bucket}/{key}`.
             * @example upload:9fGk2mVx4Qb7TzLr0WcYhA
             */
            source: string;
            /** @description The pictures to make of it. Those of one style share one run of the network. */
            outputs: components["schemas"]["OutputRequest"][];
            /**
             * Format: uri
             * @description Is told, signed, when the stylization has ended. The key's webhook secret signs it.
             * @example https://app.example.com/hooks/stylegate
             */
            webhook?: string;
            /**
             * @description Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address.
             * @example u_4711
             */
            user?: string;
            /**
             * @description Up to 16 texts of the caller's own, given back with the stylization and in its webhooks. Their names have letters, digits, `.`, `_` and `-`, 40 at most.
             * @example {
             *       "order": "77"
             *     }
             */
            labels?: {
                [key: string]: string;
            };
        };
        StylizationForm: {
            /**
             * Format: binary
             * @description The photo.
             */
            file: Blob;
            /**
             * @description The StylizationRequest as JSON, without `source`.
             * @example {"outputs":[{"style":"toon"}]}
             */
            request: string;
        };
        WebhookSecret: {
            /**
             * @description Shown this once: what `verifyWebhook` takes.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
             */
            secret: string;
            /**
             * Format: date-time
             * @description Until then the secret before it signs too, beside the new one.
             * @example 2026-11-29T10:00:00.000Z
             */
            previousUntil?: string;
        };
        Delivery: {
            /**
             * @description `webhook-id`, the same in each attempt.
             * @example msg_9fGk2mVx4Qb7TzLr0WcYhA
             */
            id: string;
            /**
             * @description `dead`: it could not be delivered for a day, the endpoint answered 410, or the key is revoked or may not send there any more.
             * @enum {string}
             */
            state: "pending" | "delivered" | "dead";
            /** @enum {string} */
            type: "stylization.succeeded" | "stylization.failed" | "stylization.canceled";
            /**
             * Format: uri
             * @example https://app.example.com/hooks/stylegate
             */
            url: string;
            /** @example 9fGk2mVx4Qb7TzLr0WcYhA */
            stylization: string;
            attempts: number;
            /** @description The endpoint's, where it answered. */
            lastStatus?: number;
            lastError?: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            nextAttemptAt?: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            deliveredAt?: string;
        };
        /** @description The ids of what is stored of a user. */
        Holdings: {
            /**
             * @description Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address.
             * @example u_4711
             */
            user: string;
            uploads: string[];
            stylizations: string[];
        };
        NewKey: components["schemas"]["Key"] & {
            /**
             * @description Shown this once: it is stored as a hash. Send it as `Authorization: Bearer`.
             * @example sg_8fTq2LmZ0aXc_b6QkG2n8Jr5sYvE1wZx0Ud4T7fHcMpLaR9uNe3KiQs2
             */
            key: string;
        };
        /** @description Of requests and months there is no limit without one. */
        Quotas: {
            /** @description Requests in each minute of the clock. */
            perMinute?: number;
            /** @description Pictures in each calendar month, UTC. One that could not be made does not count. */
            perMonth?: number;
            /** @description Pictures under way at once; without it 1000. */
            open?: number;
        };
        Key: {
            /** @example key_8fTq2LmZ0aXc */
            id: string;
            name: string;
            /** @description `transform`: have pictures made, and read them. `upload`: upload, look at, and erase photos. `admin`: keys, usage and purging. */
            scopes: ("transform" | "upload" | "admin")[];
            /**
             * @description Hosts that pictures may be fetched from, as in `ALLOWED_SOURCES`. Each within what the operator's variable admits. Without it: all that it admits.
             * @example [
             *       "photos.example.com"
             *     ]
             */
            sources?: string[];
            /**
             * @description Hosts that webhooks may go to, as in `ALLOWED_WEBHOOKS`. Each within what the operator's variable admits. Without it: all that it admits.
             * @example [
             *       "app.example.com"
             *     ]
             */
            webhooks?: string[];
            /** @description Ids of `GET /v1/styles`. */
            styles?: string[];
            quotas: components["schemas"]["Quotas"];
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            expiresAt?: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            revokedAt?: string;
            /**
             * Format: date-time
             * @description To the minute.
             * @example 2026-11-29T10:00:00.000Z
             */
            lastUsedAt?: string;
        };
        KeyRequest: {
            /**
             * @description For people.
             * @example iOS app, production
             */
            name: string;
            /** @description `transform`: have pictures made, and read them. `upload`: upload, look at, and erase photos. `admin`: keys, usage and purging. */
            scopes: ("transform" | "upload" | "admin")[];
            /**
             * @description Hosts that pictures may be fetched from, as in `ALLOWED_SOURCES`. Each within what the operator's variable admits. Without it: all that it admits.
             * @example [
             *       "photos.example.com"
             *     ]
             */
            sources?: string[];
            /**
             * @description Hosts that webhooks may go to, as in `ALLOWED_WEBHOOKS`. Each within what the operator's variable admits. Without it: all that it admits.
             * @example [
             *       "app.example.com"
             *     ]
             */
            webhooks?: string[];
            /** @description Ids of `GET /v1/styles`. */
            styles?: string[];
            quotas?: components["schemas"]["Quotas"];
            /**
             * Format: date-time
             * @example 2027-01-31T00:00:00Z
             */
            expiresAt?: string;
        };
        /** @description What is named is replaced; an empty list of hosts or styles admits none, and `null` takes the list, or the end, away. */
        KeyChange: {
            /**
             * @description For people.
             * @example iOS app, production
             */
            name?: string;
            /** @description `transform`: have pictures made, and read them. `upload`: upload, look at, and erase photos. `admin`: keys, usage and purging. */
            scopes?: ("transform" | "upload" | "admin")[];
            /**
             * @description Hosts that pictures may be fetched from, as in `ALLOWED_SOURCES`. Each within what the operator's variable admits. Without it: all that it admits.
             * @example [
             *       "photos.example.com"
             *     ]
             */
            sources?: string[] | null;
            /**
             * @description Hosts that webhooks may go to, as in `ALLOWED_WEBHOOKS`. Each within what the operator's variable admits. Without it: all that it admits.
             * @example [
             *       "app.example.com"
             *     ]
             */
            webhooks?: string[] | null;
            /** @description Ids of `GET /v1/styles`. */
            styles?: string[] | null;
            quotas?: components["schemas"]["Quotas"];
            /**
             * Format: date-time
             * @example 2027-01-31T00:00:00Z
             */
            expiresAt?: string | null;
        };
        Usage: {
            /** @description The key's id; `operator` for `ADMIN_SECRET`, `local` without keys. */
            key: string;
            /**
             * @description UTC.
             * @example 2026-11
             */
            month: string;
            quotas: components["schemas"]["Quotas"];
            /** @description Pictures of stylizations that are under way; they count until it is known. */
            reserved: number;
            requests: number;
            /** @description Requests beyond a quota. */
            refused: number;
            uploads: number;
            uploadBytes: number;
            /** @description Made; what the monthly quota counts. */
            pictures: number;
            days: {
                /** @example 2026-11-29 */
                day: string;
                requests: number;
                /** @description Requests beyond a quota. */
                refused: number;
                uploads: number;
                uploadBytes: number;
                /** @description Made; what the monthly quota counts. */
                pictures: number;
            }[];
        };
        Token: {
            /** @description A JWT: send it as `Authorization: Bearer`. */
            token: string;
            /**
             * Format: date-time
             * @example 2026-11-29T10:00:00.000Z
             */
            expiresAt: string;
        };
        TokenRequest: {
            /** @description Some of the key's own; without it all of them but `admin`. */
            scopes?: ("transform" | "upload")[];
            /**
             * @description Binds the token to a user: it sees and makes only what is theirs, and `user` need not be sent.
             * @example u_4711
             */
            user?: string;
            /**
             * @description Seconds.
             * @default 900
             */
            expiresIn?: number;
        };
        Styles: {
            styles: ({
                id: string;
                name: string;
                description: string;
                version: string;
                commercialUse: boolean;
                attribution: string;
                licence: {
                    name: string;
                    url: string;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            })[];
            /**
             * @description From where pictures are fetched.
             * @enum {string}
             */
            sources: "none" | "listed" | "any";
            presets: {
                name: string;
                options: string;
            }[];
            presetsOnly: boolean;
            /** @description Image URLs must be, and no key does instead. */
            signed: boolean;
            /** @description Whoever does anything needs a key, or a token; for an image URL, a signature will do. */
            keys: boolean;
        };
        Purged: {
            purged: number;
            at: string;
            /** @description Seconds. */
            everywhereWithin: number;
        };
        Purge: {
            sources?: string[];
            styles?: string[];
            tags?: string[];
        };
        Readiness: {
            /**
             * @description `degraded`: an endpoint cannot draw every style now, but another can draw each; the edge perhaps, which draws smaller.
             * @enum {string}
             */
            status: "ready" | "degraded";
            /** @description Who draws, in the order in which they are asked. `unasked`: those before it can draw all that there is. */
            engines: {
                name: string;
                /** @enum {string} */
                state: "ready" | "away" | "unasked";
                /**
                 * @description Of who is `away`: nothing answers there, or not in time; it does not let the service in; or the network is not loaded.
                 * @enum {string}
                 */
                reason?: "unreachable" | "timeout" | "unauthorized" | "missing";
                /** @description The styles that it cannot draw. */
                missing?: string[];
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    createUpload: {
        parameters: {
            query?: {
                /** @description Of bytes as the body. */
                user?: string;
            };
            header?: {
                /** @description RFC 9530, `sha-256=:…:`: what does not have it is refused, and nothing is stored. */
                "Repr-Digest"?: string;
                /** @description RFC 9530, `sha-256=:…:`: what does not have it is refused, and nothing is stored. */
                "Content-Digest"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/*": Blob;
                "application/octet-stream": Blob;
                "multipart/form-data": components["schemas"]["UploadForm"];
                "application/json": components["schemas"]["UploadFrom"];
            };
        };
        responses: {
            /** @description The photo is stored. */
            201: {
                headers: {
                    /** @description The upload. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request), [`invalid_source`](/docs/errors#invalid_source) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed), [`source_not_allowed`](/docs/errors#source_not_allowed), [`source_refused`](/docs/errors#source_refused) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`source_not_found`](/docs/errors#source_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_timeout`](/docs/errors#upload_timeout) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`body_too_large`](/docs/errors#body_too_large), [`picture_too_large`](/docs/errors#picture_too_large), [`source_too_large`](/docs/errors#source_too_large), [`too_many_pixels`](/docs/errors#too_many_pixels) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_format`](/docs/errors#unsupported_format), [`unsupported_media_type`](/docs/errors#unsupported_media_type) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`corrupt_picture`](/docs/errors#corrupt_picture), [`digest_mismatch`](/docs/errors#digest_mismatch), [`picture_too_small`](/docs/errors#picture_too_small) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`source_status`](/docs/errors#source_status), [`source_unreachable`](/docs/errors#source_unreachable) */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`source_timeout`](/docs/errors#source_timeout) */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is known of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_not_found`](/docs/errors#upload_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_not_found`](/docs/errors#upload_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDirectUpload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DirectUploadRequest"];
            };
        };
        responses: {
            /** @description Where to put it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DirectUpload"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`body_too_large`](/docs/errors#body_too_large) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_media_type`](/docs/errors#unsupported_media_type) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited), [`too_much_under_way`](/docs/errors#too_much_under_way) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putDirectUpload: {
        parameters: {
            query: {
                bytes: string;
                /** @description SHA-256 of the bytes, hexadecimal. */
                sha256?: string;
                exp: string;
                sig: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/*": Blob;
                "application/octet-stream": Blob;
            };
        };
        responses: {
            /** @description It is there; now complete it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`host_not_allowed`](/docs/errors#host_not_allowed), [`invalid_signature`](/docs/errors#invalid_signature), [`origin_not_allowed`](/docs/errors#origin_not_allowed), [`signature_expired`](/docs/errors#signature_expired) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_timeout`](/docs/errors#upload_timeout) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`picture_too_large`](/docs/errors#picture_too_large) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_format`](/docs/errors#unsupported_format) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`corrupt_picture`](/docs/errors#corrupt_picture), [`digest_mismatch`](/docs/errors#digest_mismatch) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    completeDirectUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The photo is stored. */
            201: {
                headers: {
                    /** @description The upload. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_not_found`](/docs/errors#upload_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_timeout`](/docs/errors#upload_timeout) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_incomplete`](/docs/errors#upload_incomplete) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`picture_too_large`](/docs/errors#picture_too_large), [`too_many_pixels`](/docs/errors#too_many_pixels) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_format`](/docs/errors#unsupported_format), [`unsupported_media_type`](/docs/errors#unsupported_media_type) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`corrupt_picture`](/docs/errors#corrupt_picture), [`digest_mismatch`](/docs/errors#digest_mismatch), [`picture_too_small`](/docs/errors#picture_too_small) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createResumableUpload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the tus protocol. */
                "Tus-Resumable": "1.0.0";
                "Upload-Length": string;
                "Upload-Metadata"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `Location` is where the bytes go, with PATCH; its last part is the id of the upload to be. */
            201: {
                headers: {
                    /** @description 1.0.0 */
                    "Tus-Resumable"?: string;
                    /** @description Bytes that are stored. */
                    "Upload-Offset"?: number;
                    /** @description Until when it can be resumed. */
                    "Upload-Expires"?: string;
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`tus_version`](/docs/errors#tus_version) */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`picture_too_large`](/docs/errors#picture_too_large) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited), [`too_much_under_way`](/docs/errors#too_much_under_way) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteResumableUpload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the tus protocol. */
                "Tus-Resumable": "1.0.0";
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was stored of it is deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_not_found`](/docs/errors#upload_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`tus_version`](/docs/errors#tus_version) */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    headResumableUpload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the tus protocol. */
                "Tus-Resumable": "1.0.0";
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `Upload-Offset` says where to go on. */
            200: {
                headers: {
                    /** @description 1.0.0 */
                    "Tus-Resumable"?: string;
                    /** @description Bytes that are stored. */
                    "Upload-Offset"?: number;
                    /** @description Until when it can be resumed. */
                    "Upload-Expires"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_not_found`](/docs/errors#upload_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`tus_version`](/docs/errors#tus_version) */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchResumableUpload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the tus protocol. */
                "Tus-Resumable": "1.0.0";
                "Upload-Offset": string;
                "Upload-Checksum"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": Blob;
            };
        };
        responses: {
            /** @description It is stored, up to `Upload-Offset`. */
            204: {
                headers: {
                    /** @description 1.0.0 */
                    "Tus-Resumable"?: string;
                    /** @description Bytes that are stored. */
                    "Upload-Offset"?: number;
                    /** @description Until when it can be resumed. */
                    "Upload-Expires"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_not_found`](/docs/errors#upload_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_timeout`](/docs/errors#upload_timeout) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_offset`](/docs/errors#upload_offset) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`tus_version`](/docs/errors#tus_version) */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`picture_too_large`](/docs/errors#picture_too_large), [`too_many_pixels`](/docs/errors#too_many_pixels) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_format`](/docs/errors#unsupported_format), [`unsupported_media_type`](/docs/errors#unsupported_media_type) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`corrupt_picture`](/docs/errors#corrupt_picture), [`digest_mismatch`](/docs/errors#digest_mismatch), [`picture_too_small`](/docs/errors#picture_too_small) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_locked`](/docs/errors#upload_locked) */
            423: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `digest_mismatch`: the part does not have the checksum (tus); nothing of it is kept. */
            460: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createStylization: {
        parameters: {
            query?: never;
            header?: {
                /** @description A name for this request, best a random UUID. The same request with the same name is answered with what the first made; another one with it, with 422; while the first is under way, with 202, or with 409 where its sender still waits for the answer. Names are forgotten when the stylization expires. */
                "Idempotency-Key"?: string;
                /** @description RFC 7240: `respond-async` answers 202 at once; `wait=10` waits ten seconds at most and then answers 202. Without it the answer waits for the pictures, for `SYNC_TIMEOUT`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StylizationRequest"];
                "multipart/form-data": components["schemas"]["StylizationForm"];
            };
        };
        responses: {
            /** @description It has ended: `status` tells how. Or the one picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stylization"];
                    "image/*": Blob;
                };
            };
            /** @description It is under way. */
            202: {
                headers: {
                    /** @description The stylization: poll it, or take its events. */
                    Location?: string;
                    /** @description Seconds until it is worth asking. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stylization"];
                };
            };
            /** @description [`invalid_option`](/docs/errors#invalid_option), [`invalid_request`](/docs/errors#invalid_request), [`invalid_source`](/docs/errors#invalid_source), [`unknown_style`](/docs/errors#unknown_style) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed), [`picture_refused`](/docs/errors#picture_refused), [`source_not_allowed`](/docs/errors#source_not_allowed), [`source_refused`](/docs/errors#source_refused), [`style_not_allowed`](/docs/errors#style_not_allowed), [`webhook_not_allowed`](/docs/errors#webhook_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`picture_not_found`](/docs/errors#picture_not_found), [`source_not_found`](/docs/errors#source_not_found), [`unknown_version`](/docs/errors#unknown_version), [`upload_not_found`](/docs/errors#upload_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`upload_timeout`](/docs/errors#upload_timeout) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`idempotency_conflict`](/docs/errors#idempotency_conflict), [`webhook_secret_missing`](/docs/errors#webhook_secret_missing) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`body_too_large`](/docs/errors#body_too_large), [`picture_too_large`](/docs/errors#picture_too_large), [`source_too_large`](/docs/errors#source_too_large), [`too_many_pixels`](/docs/errors#too_many_pixels) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_format`](/docs/errors#unsupported_format), [`unsupported_media_type`](/docs/errors#unsupported_media_type) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`corrupt_picture`](/docs/errors#corrupt_picture), [`idempotency_mismatch`](/docs/errors#idempotency_mismatch), [`nobody_found`](/docs/errors#nobody_found), [`picture_too_small`](/docs/errors#picture_too_small) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`quota_exceeded`](/docs/errors#quota_exceeded), [`rate_limited`](/docs/errors#rate_limited), [`too_much_under_way`](/docs/errors#too_much_under_way) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`inference_failed`](/docs/errors#inference_failed), [`source_status`](/docs/errors#source_status), [`source_unreachable`](/docs/errors#source_unreachable) */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`inference_unavailable`](/docs/errors#inference_unavailable), [`moderation_unavailable`](/docs/errors#moderation_unavailable), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`inference_timeout`](/docs/errors#inference_timeout), [`source_timeout`](/docs/errors#source_timeout) */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getStylization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stylization. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stylization"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`stylization_not_found`](/docs/errors#stylization_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteStylization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is canceled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stylization"];
                };
            };
            /** @description It and its pictures are deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`stylization_not_found`](/docs/errors#stylization_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamStylization: {
        parameters: {
            query?: never;
            header?: {
                "Last-Event-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events, each with a `StylizationEvent` as its data. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        id: string;
                        /** @enum {string} */
                        event: "status" | "progress" | "output";
                        data: string;
                    };
                };
            };
            /** @description It has ended, and `Last-Event-ID` is its last event: there is nothing more to come. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`stylization_not_found`](/docs/errors#stylization_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture, or what is known of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": Blob;
                    "application/json": unknown;
                };
            };
            /** @description The part that `Range` names. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": Blob;
                };
            };
            /** @description It is what `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`picture_not_found`](/docs/errors#picture_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`range_not_satisfiable`](/docs/errors#range_not_satisfiable) */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getImage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of `format=auto`: decides between WebP, AVIF, JPEG and PNG. */
                Accept?: string;
                "If-None-Match"?: string;
                Range?: string;
            };
            path: {
                /** @description `key=value` pairs separated by commas; `style` must be one of them, or of the preset. */
                options: string;
                /** @description `upload:{id}`, an absolute http(s) URL, or `r2:{bucket}/{key}`; as it is, slashes and query included, or percent-encoded as a whole. */
                source: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture; with `format=json` what is known of it. */
            200: {
                headers: {
                    /** @description Of the picture: it is another one when the photo or the network is. */
                    ETag?: string;
                    "Cache-Control"?: string;
                    /** @description What took how long. */
                    "Server-Timing"?: string;
                    /** @description `edge` where no endpoint drew, but the small network at the edge: the picture is replaced once one does. */
                    "Stylegate-Engine"?: string;
                    /** @description Faces found in the photo, or `unknown`. */
                    "Stylegate-Faces"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/*": Blob;
                    "application/json": unknown;
                };
            };
            /** @description The bytes that `Range` names. */
            206: {
                headers: {
                    /** @description Of the picture: it is another one when the photo or the network is. */
                    ETag?: string;
                    "Cache-Control"?: string;
                    /** @description What took how long. */
                    "Server-Timing"?: string;
                    /** @description `edge` where no endpoint drew, but the small network at the edge: the picture is replaced once one does. */
                    "Stylegate-Engine"?: string;
                    /** @description Faces found in the photo, or `unknown`. */
                    "Stylegate-Faces"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/*": Blob;
                };
            };
            /** @description With `onerror=redirect`, in place of a problem: the photo itself. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is what `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`duplicate_option`](/docs/errors#duplicate_option), [`invalid_option`](/docs/errors#invalid_option), [`invalid_options`](/docs/errors#invalid_options), [`invalid_source`](/docs/errors#invalid_source), [`missing_style`](/docs/errors#missing_style), [`presets_only`](/docs/errors#presets_only), [`unknown_option`](/docs/errors#unknown_option), [`unknown_preset`](/docs/errors#unknown_preset), [`unknown_style`](/docs/errors#unknown_style) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`invalid_signature`](/docs/errors#invalid_signature), [`picture_refused`](/docs/errors#picture_refused), [`signature_expired`](/docs/errors#signature_expired), [`signature_required`](/docs/errors#signature_required), [`source_not_allowed`](/docs/errors#source_not_allowed), [`source_refused`](/docs/errors#source_refused), [`style_not_allowed`](/docs/errors#style_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`source_not_found`](/docs/errors#source_not_found), [`unknown_version`](/docs/errors#unknown_version), [`upload_not_found`](/docs/errors#upload_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`source_too_large`](/docs/errors#source_too_large), [`too_many_pixels`](/docs/errors#too_many_pixels) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_format`](/docs/errors#unsupported_format) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`range_not_satisfiable`](/docs/errors#range_not_satisfiable) */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`corrupt_picture`](/docs/errors#corrupt_picture), [`nobody_found`](/docs/errors#nobody_found), [`picture_too_small`](/docs/errors#picture_too_small) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`quota_exceeded`](/docs/errors#quota_exceeded), [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`inference_failed`](/docs/errors#inference_failed), [`source_status`](/docs/errors#source_status), [`source_unreachable`](/docs/errors#source_unreachable) */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`inference_unavailable`](/docs/errors#inference_unavailable), [`moderation_unavailable`](/docs/errors#moderation_unavailable), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`inference_timeout`](/docs/errors#inference_timeout), [`source_timeout`](/docs/errors#source_timeout) */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                state?: "pending" | "delivered" | "dead";
                /** @description Those created before: the next page. */
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deliveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveries: components["schemas"]["Delivery"][];
                    };
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`delivery_not_found`](/docs/errors#delivery_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: {
                /** @description The id of the key whose user it is, where that is another, revoked perhaps: takes the scope `admin`. */
                owner?: string;
            };
            header?: never;
            path: {
                /** @description Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Holdings"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteUser: {
        parameters: {
            query?: {
                /** @description The id of the key whose user it is, where that is another, revoked perhaps: takes the scope `admin`. */
                owner?: string;
            };
            header?: never;
            path: {
                /** @description Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description Keys of a page, at most. */
                limit?: number;
                /** @description Those made before this one: `next` of a page. */
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, without their secrets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: components["schemas"]["Key"][];
                        /**
                         * @description `before` of the next page; missing in the last.
                         * @example key_8fTq2LmZ0aXc
                         */
                        next?: string;
                    };
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`key_not_found`](/docs/errors#key_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyRequest"];
            };
        };
        responses: {
            /** @description The key. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`body_too_large`](/docs/errors#body_too_large) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_media_type`](/docs/errors#unsupported_media_type) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`key_not_found`](/docs/errors#key_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key, revoked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`key_not_found`](/docs/errors#key_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyChange"];
            };
        };
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`key_not_found`](/docs/errors#key_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`key_revoked`](/docs/errors#key_revoked) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`body_too_large`](/docs/errors#body_too_large) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_media_type`](/docs/errors#unsupported_media_type) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key with its new secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`key_not_found`](/docs/errors#key_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`key_revoked`](/docs/errors#key_revoked) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKeyUsage: {
        parameters: {
            query?: {
                /** @description The current one where it is left out. A year is kept. */
                month?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The month. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`key_not_found`](/docs/errors#key_not_found) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description The current one where it is left out. A year is kept. */
                month?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The month. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description The token. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            /** @description [`invalid_request`](/docs/errors#invalid_request) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed), [`origin_not_allowed`](/docs/errors#origin_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`body_too_large`](/docs/errors#body_too_large) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unsupported_media_type`](/docs/errors#unsupported_media_type) */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listStyles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Styles and their cards. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Styles"];
                };
            };
            /** @description [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`overloaded`](/docs/errors#overloaded) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    purge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Purge"];
            };
        };
        responses: {
            /** @description They are purged. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Purged"];
                };
            };
            /** @description [`invalid_purge`](/docs/errors#invalid_purge) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`unauthorized`](/docs/errors#unauthorized) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`forbidden`](/docs/errors#forbidden), [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`rate_limited`](/docs/errors#rate_limited) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`admin_disabled`](/docs/errors#admin_disabled), [`overloaded`](/docs/errors#overloaded), [`storage_unavailable`](/docs/errors#storage_unavailable) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    isAlive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "alive";
                    };
                };
            };
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`not_ready`](/docs/errors#not_ready), [`overloaded`](/docs/errors#overloaded) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: {
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        openapi: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description It is what `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`host_not_allowed`](/docs/errors#host_not_allowed) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`internal`](/docs/errors#internal), [`misconfigured`](/docs/errors#misconfigured) */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`overloaded`](/docs/errors#overloaded) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description [`request_loop`](/docs/errors#request_loop) */
            508: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stylizationEnded: {
        parameters: {
            query?: never;
            header: {
                /** @description The same in each attempt: ignore one that you know. */
                "webhook-id": string;
                /** @description Seconds since 1970, of this attempt. */
                "webhook-timestamp": string;
                /** @description `v1,` and HMAC-SHA256 over id, timestamp and body; one for each valid secret, separated by spaces. */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEvent"];
            };
        };
        responses: {
            /** @description It has arrived. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
