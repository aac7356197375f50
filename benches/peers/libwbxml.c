/* libwbxml at work, for benches/peers/libwbxml.rs: a program of its own, since calling C from Rust needs `unsafe`,
 * which no package here may use. It reads a document once, then a number a line from standard input: it does the
 * work that many times and answers with the nanoseconds of processor time that
 * this took.
 *
 *     libwbxml-peer events|encode|to-xml|from-xml DOCUMENT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <wbxml/wbxml.h>

/* What the library exports, and Debian's headers leave out. */
typedef struct WBXMLParser_s WBXMLParser;
typedef struct WBXMLTree_s WBXMLTree;
typedef struct {
    void (*start_document)(void *, WBXMLCharsetMIBEnum, const void *);
    void (*end_document)(void *);
    void (*start_element)(void *, void *, void **, WB_BOOL);
    void (*end_element)(void *, void *, WB_BOOL);
    void (*characters)(void *, WB_UTINY *, WB_ULONG, WB_ULONG);
    void (*instruction)(void *, const WB_UTINY *, WB_UTINY *);
} ContentHandler;
WBXMLParser *wbxml_parser_create(void);
void wbxml_parser_destroy(WBXMLParser *);
void wbxml_parser_set_user_data(WBXMLParser *, void *);
void wbxml_parser_set_content_handler(WBXMLParser *, ContentHandler *);
WB_BOOL wbxml_parser_set_language(WBXMLParser *, WBXMLLanguage);
WBXMLError wbxml_parser_parse(WBXMLParser *, WB_UTINY *, WB_ULONG);
WBXMLError wbxml_tree_from_wbxml(WB_UTINY *, WB_ULONG, WBXMLLanguage, WBXMLCharsetMIBEnum, WBXMLTree **);
WBXMLError wbxml_tree_to_wbxml(WBXMLTree *, WB_UTINY **, WB_ULONG *, WBXMLGenWBXMLParams *);

static WB_UTINY *document;
static WB_ULONG document_length;
static WBXMLTree *tree;
static WB_UTINY *xml;
static WB_ULONG xml_length;

static void fail(const char *what, WBXMLError error)
{
    fprintf(stderr, "libwbxml: %s: %s\n", what, (const char *)wbxml_errors_string(error));
    exit(1);
}

static void check(const char *what, WBXMLError error)
{
    if (error != WBXML_OK)
        fail(what, error);
}

/* Every event is looked at, as by the other contenders. */
struct seen {
    unsigned long elements, bytes, ends;
};

static void start_element(void *seen, void *tag, void **attributes, WB_BOOL empty)
{
    (void)tag, (void)attributes, (void)empty;
    ((struct seen *)seen)->elements += 1;
}

static void end_element(void *seen, void *tag, WB_BOOL empty)
{
    (void)tag, (void)empty;
    ((struct seen *)seen)->ends += 1;
}

static void characters(void *seen, WB_UTINY *text, WB_ULONG start, WB_ULONG length)
{
    (void)text, (void)start;
    ((struct seen *)seen)->bytes += length;
}

static struct seen events(void)
{
    ContentHandler handler = { NULL, NULL, start_element, end_element, characters, NULL };
    struct seen seen = { 0, 0, 0 };
    WBXMLParser *parser = wbxml_parser_create();

    if (parser == NULL)
        fail("create a parser", WBXML_ERROR_NOT_ENOUGH_MEMORY);
    wbxml_parser_set_user_data(parser, &seen);
    wbxml_parser_set_content_handler(parser, &handler);
    wbxml_parser_set_language(parser, WBXML_LANG_ACTIVESYNC);
    check("parse", wbxml_parser_parse(parser, document, document_length));
    wbxml_parser_destroy(parser);
    return seen;
}

static unsigned long encode(void)
{
    WBXMLGenWBXMLParams parameters = { WBXML_VERSION_13, FALSE, FALSE, FALSE };
    WB_UTINY *bytes = NULL;
    WB_ULONG length = 0;

    check("encode", wbxml_tree_to_wbxml(tree, &bytes, &length, &parameters));
    free(bytes);
    return length;
}

static WB_UTINY *to_xml(WB_ULONG *length)
{
    WBXMLConvWBXML2XML *converter = NULL;
    WB_UTINY *made = NULL;

    check("create a converter", wbxml_conv_wbxml2xml_create(&converter));
    wbxml_conv_wbxml2xml_set_gen_type(converter, WBXML_GEN_XML_COMPACT);
    wbxml_conv_wbxml2xml_set_language(converter, WBXML_LANG_ACTIVESYNC);
    check("to XML", wbxml_conv_wbxml2xml_run(converter, document, document_length, &made, length));
    wbxml_conv_wbxml2xml_destroy(converter);
    return made;
}

static unsigned long from_xml(void)
{
    WBXMLConvXML2WBXML *converter = NULL;
    WB_UTINY *bytes = NULL;
    WB_ULONG length = 0;

    check("create a converter", wbxml_conv_xml2wbxml_create(&converter));
    wbxml_conv_xml2wbxml_disable_string_table(converter);
    check("from XML", wbxml_conv_xml2wbxml_run(converter, xml, xml_length, &bytes, &length));
    wbxml_conv_xml2wbxml_destroy(converter);
    free(bytes);
    return length;
}

enum mode { EVENTS, ENCODE, TO_XML, FROM_XML };

static unsigned long once(enum mode mode)
{
    WB_ULONG length = 0;

    switch (mode) {
    case EVENTS:
        return events().elements;
    case ENCODE:
        return encode();
    case TO_XML:
        free(to_xml(&length));
        return length;
    case FROM_XML:
        return from_xml();
    }
    return 0;
}

static void read_document(const char *name)
{
    FILE *file = fopen(name, "rb");
    long length;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0) {
        perror(name);
        exit(1);
    }
    rewind(file);
    document_length = (WB_ULONG)length;
    document = malloc(document_length + 1);
    if (document == NULL || fread(document, 1, document_length, file) != document_length) {
        perror(name);
        exit(1);
    }
    fclose(file);
}

static enum mode mode_of(const char *name)
{
    static const char *const names[] = { "events", "encode", "to-xml", "from-xml" };

    for (int mode = EVENTS; mode <= FROM_XML; mode++)
        if (strcmp(name, names[mode]) == 0)
            return mode;
    fprintf(stderr, "libwbxml: there is no work called %s\n", name);
    exit(2);
}

int main(int count, char **arguments)
{
    char line[32];
    enum mode mode;
    struct seen seen;

    if (count != 3) {
        fprintf(stderr, "usage: %s events|encode|to-xml|from-xml DOCUMENT\n", arguments[0]);
        return 2;
    }
    mode = mode_of(arguments[1]);
    read_document(arguments[2]);
    if (mode == ENCODE)
        check("build a tree", wbxml_tree_from_wbxml(document, document_length, WBXML_LANG_ACTIVESYNC,
                                                    WBXML_CHARSET_UTF_8, &tree));
    if (mode == FROM_XML)
        xml = to_xml(&xml_length);

    /* First what it sees in the document, and what the work makes: the other side checks both. */
    seen = events();
    printf("%lu %lu %lu %lu\n", seen.elements, seen.ends, seen.bytes, once(mode));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        unsigned long long times = strtoull(line, NULL, 10);
        struct timespec from, to;
        unsigned long made = 0;

        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        for (unsigned long long time = 0; time < times; time++)
            made |= once(mode);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        if (times > 0 && made == 0) {
            fprintf(stderr, "libwbxml: the work makes nothing\n");
            return 1;
        }
        printf("%lld\n", (to.tv_sec - from.tv_sec) * 1000000000LL + (to.tv_nsec - from.tv_nsec));
        fflush(stdout);
    }
    return 0;
}
