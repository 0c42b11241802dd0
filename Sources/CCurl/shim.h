#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift does not call: one function for each type of argument.

static inline CURLcode curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_set_read(CURL *handle, curl_read_callback callback, void *context) {
    CURLcode result = curl_easy_setopt(handle, CURLOPT_READFUNCTION, callback);
    return result != CURLE_OK ? result : curl_easy_setopt(handle, CURLOPT_READDATA, context);
}

static inline CURLcode curl_set_debug(CURL *handle, curl_debug_callback callback, void *context) {
    CURLcode result = curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, callback);
    return result != CURLE_OK ? result : curl_easy_setopt(handle, CURLOPT_DEBUGDATA, context);
}

static inline CURLcode curl_set_progress(CURL *handle, curl_xferinfo_callback callback, void *context) {
    CURLcode result = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
    return result != CURLE_OK ? result : curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
}

static inline CURLcode curl_set_buffer(CURL *handle, CURLoption option, char *buffer) {
    return curl_easy_setopt(handle, option, buffer);
}

// Macros with a type or a cast, which Swift does not import.
static const size_t curl_read_abort = CURL_READFUNC_ABORT;
static const long curl_all_features = CURL_GLOBAL_DEFAULT;
static const long curl_tls_1_2 = CURL_SSLVERSION_TLSv1_2;
static const long curl_tls_none = CURLUSESSL_NONE;
static const long curl_tls_required = CURLUSESSL_ALL;
