/// An OpenCL driver that misbehaves, as C text for ``SharedObject``. It shows one card, which can do nothing.
public enum FakeDriver {
    /// What a driver may do in place of an answer.
    public enum Fault: String, Sendable, CaseIterable {
        case crash = "*(volatile int *)16 = 0"
        case abort = "abort()"
        case hang = "for (;;) pause()"
        case spin = "for (volatile unsigned i = 0;; ++i)"
        case exit = "exit(0)"
        case close = "for (int i = 0; i < 256; ++i) close(i)"
    }

    /// The places where it may do it, with the macros of the text.
    public enum Place: String, Sendable, CaseIterable {
        case load = "LOAD"
        case platforms = "PLATFORMS"
        case devices = "DEVICES"
        case information = "INFORMATION"
        case context = "CONTEXT"
        case build = "BUILD"
        case binary = "BINARY"
    }

    /// The text of a driver with a fault.
    public static func source(_ fault: Fault, at place: Place) -> String {
        source(["#define \(place.rawValue) \(fault.rawValue);"])
    }

    /// The text of a driver that lies.
    ///
    /// - Parameters:
    ///   - answers: statements in place of the usual answers, by the numbers of clGetDeviceInfo's queries.
    ///   - lines: C lines in front of the text.
    public static func source(_ answers: [String: String] = [:], _ lines: [String] = []) -> String {
        let cases = answers.map { "if (name == \($0)) { \($1); }" }.joined(separator: " ")
        return source(["#define ANSWERS \(cases)"] + lines)
    }

    private static func source(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" + text }

    private static let text = #"""
        #include <stddef.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        #ifndef LOAD
        #define LOAD
        #endif
        #ifndef PLATFORMS
        #define PLATFORMS
        #endif
        #ifndef DEVICES
        #define DEVICES
        #endif
        #ifndef INFORMATION
        #define INFORMATION
        #endif
        #ifndef CONTEXT
        #define CONTEXT
        #endif
        #ifndef BUILD
        #define BUILD
        #endif
        #ifndef BINARY
        #define BINARY
        #endif
        #ifndef ANSWERS
        #define ANSWERS
        #endif
        #ifndef COUNT
        #define COUNT 1
        #endif
        #ifndef PLATFORM
        #define PLATFORM "Fake"
        #endif

        // An object begins with the driver's functions, in the order of cl_khr_icd.
        struct object { void **functions; };
        static void *functions[256];
        static struct object platform = {functions}, device = {functions}, object = {functions};

        static int answer(const void *words, size_t bytes, size_t size, void *value, size_t *actual)
        {
            if (actual) *actual = bytes;
            if (value && size < bytes) return -30;
            if (value) memcpy(value, words, bytes);
            return 0;
        }
        #define TEXT(words) return answer(words, strlen(words) + 1, size, value, actual)
        #define NUMBER(type, number) do { type n = number; return answer(&n, sizeof n, size, value, actual); } while (0)
        #define SIZE(bytes) do { if (actual) *actual = bytes; return 0; } while (0)

        // Leaves a line in a file, if the environment names one.
        static void trace(const char *words)
        {
            const char *path = getenv("NIGHTJAR_TEST_TRACE");
            FILE *file = path ? fopen(path, "a") : NULL;
            if (!file) return;
            fprintf(file, "%s\n", words);
            fclose(file);
        }

        static int platform_info(struct object *p, unsigned name, size_t size, void *value, size_t *actual)
        {
            (void)p;
            if (name == 0x0901) TEXT("OpenCL 1.2 fake");
            if (name == 0x0902) TEXT(PLATFORM);
            if (name == 0x0904) TEXT("cl_khr_icd");
            if (name == 0x0920) TEXT("FAKE");
            return -30;
        }

        static int devices(struct object *p, uint64_t type, unsigned entries, void **handles, unsigned *count)
        {
            (void)p, (void)type;
            DEVICES
            if (count) *count = COUNT;
            for (unsigned i = 0; handles && i < entries; ++i) handles[i] = &device;
            return 0;
        }

        static int device_info(struct object *d, unsigned name, size_t size, void *value, size_t *actual)
        {
            (void)d;
            INFORMATION
            ANSWERS
            switch (name) {
            case 0x1000: NUMBER(uint64_t, 4);
            case 0x1002: NUMBER(uint32_t, 8);
            case 0x1004: NUMBER(size_t, 256);
            case 0x100D: NUMBER(uint32_t, 64);
            case 0x1010: NUMBER(uint64_t, 1ull << 30);
            case 0x101F: NUMBER(uint64_t, 4ull << 30);
            case 0x1026: case 0x1027: case 0x1028: NUMBER(uint32_t, 1);
            case 0x102B: TEXT("A card");
            case 0x102D: TEXT("1.0");
            case 0x1032: NUMBER(uint64_t, 63);
            default: return -30;
            }
        }

        static void *context(void *p, unsigned n, void **d, void *f, void *u, int *code)
        {
            (void)p, (void)n, (void)d, (void)f, (void)u;
            CONTEXT
            if (code) *code = 0;
            return &object;
        }

        static void *from_source(void *c, unsigned n, const char **s, const size_t *l, int *code)
        {
            (void)c, (void)n, (void)s, (void)l;
            trace("source");
            if (code) *code = 0;
            return &object;
        }

        static void *from_binary(void *c, unsigned n, void **d, const size_t *l, void *b, int *s, int *code)
        {
            (void)c, (void)n, (void)d, (void)l, (void)b, (void)s;
            trace("binary");
            BINARY
            if (code) *code = 0;
            return &object;
        }

        static int build(void)
        {
            BUILD
            return 0;
        }

        static int program_info(void *p, unsigned name, size_t size, void *value, size_t *actual)
        {
            (void)p;
            if (name == 0x1165) NUMBER(size_t, 8);
            if (name == 0x1168) TEXT("");
            if (name != 0x1166 || !value) return -30;
            memset(*(void **)value, 7, 8);
            return 0;
        }

        static void *queue(void *c, void *d, uint64_t p, int *code)
        {
            (void)c, (void)d, (void)p;
            if (code) *code = 0;
            return &object;
        }

        static void *buffer(void *c, uint64_t f, size_t s, void *h, int *code)
        {
            (void)c, (void)f, (void)s, (void)h;
            if (code) *code = 0;
            return &object;
        }

        static void *kernel(void *p, const char *name, int *code)
        {
            (void)p, (void)name;
            if (code) *code = -46;
            return NULL;
        }

        static int good(void) { return 0; }
        static int refuse(void) { return -59; }

        int clIcdGetPlatformIDsKHR(unsigned entries, void **platforms, unsigned *count)
        {
            PLATFORMS
            if (count) *count = 1;
            if (platforms && entries) *platforms = &platform;
            return 0;
        }

        void *clGetExtensionFunctionAddress(const char *name)
        {
            if (!strcmp(name, "clIcdGetPlatformIDsKHR")) return (void *)clIcdGetPlatformIDsKHR;
            return strcmp(name, "clGetPlatformInfo") ? NULL : (void *)platform_info;
        }

        int clGetPlatformInfo(struct object *p, unsigned name, size_t size, void *value, size_t *actual)
        {
            return platform_info(p, name, size, value, actual);
        }

        __attribute__((constructor)) static void loaded(void)
        {
            trace("loaded");
            LOAD
            for (int i = 0; i < 256; ++i) functions[i] = (void *)refuse;
            functions[0] = (void *)clIcdGetPlatformIDsKHR;
            functions[1] = (void *)platform_info;
            functions[2] = (void *)devices;
            functions[3] = (void *)device_info;
            functions[4] = (void *)context;
            functions[9] = (void *)queue;
            functions[14] = (void *)buffer;
            functions[26] = (void *)from_source;
            functions[27] = (void *)from_binary;
            functions[30] = (void *)build;
            functions[32] = (void *)program_info;
            functions[34] = (void *)kernel;
            functions[7] = functions[11] = functions[18] = functions[29] = (void *)good;
        }
        """#
}
