#include <sys/mman.h>
#include <xlsxwriter.h>

// glibc shows it to programs with GNU extensions only, which Swift's importer has not.
extern int memfd_create(const char *name, unsigned int flags);

/// A file in memory that is closed when another program takes the process over (MFD_CLOEXEC); below 0: there is none.
static inline int spreadsheet_memory_file(void) { return memfd_create("spreadsheet", 1U); }
