/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file machine.h
 * What the files of the definition mapping (machine_*.c) share: one machine that is read, checked or changed,
 * tables of names, and the rule of change: what is as wanted is not touched. Each concept has its file, with
 * reading, checking and applying side by side.
 */
#ifndef EB_VBOX_MACHINE_H
#define EB_VBOX_MACHINE_H

#include "base/log.h"
#include "base/strbuf.h"
#include "vbox/vbox.h"

/** One machine in the hands of one operation. */
struct vm {
    struct vbox_conn *c;
    struct vb *vb;
    IVirtualBox *vbox;
    IMachine *machine;           /* borrowed; NULL while a definition is only checked */
    IPlatform *platform;         /* NULL before 7.1 */
    IPlatformX86 *x86;           /* NULL before 7.1 and for other platforms */
    IFirmwareSettings *firmware; /* NULL while a definition is only checked */
    unsigned flags;
    bool fresh;      /* applying: the machine was just made */
    char **extra;    /* its extra data, "key=value", NULL-terminated; NULL until vm_extra asks */
    char **set_keys; /* those of them that vm_flush_extra is to set, NULL-terminated */
    size_t n_set_keys;
    bool force;       /* applying: media are changed even where the guest locked the drive */
    IMedium **opened; /* applying: media that were opened for it, counted */
    size_t n_opened;
    bool filled; /* applying: a drive got a medium */
};

/** `machine` may be NULL (checking). */
int vm_open(struct vbox_conn *c, IMachine *machine, unsigned flags, struct vm *vm, eb_error *err);
void vm_close(struct vm *vm);
#define VM_AUTO EB_CLEANUP(vm_close)

/* ---- Concepts ---- */

typedef int vm_read_fn(struct vm *vm, struct eb_domain_def *def, eb_error *err);
typedef int vm_check_fn(struct vm *vm, const struct eb_domain_def *def, eb_error *err);
typedef int vm_apply_fn(struct vm *vm, const struct eb_domain_def *def, eb_error *err);

#define VM_CONCEPT(name)                                                                                     \
    vm_read_fn vm_read_##name;                                                                               \
    vm_check_fn vm_check_##name;                                                                             \
    vm_apply_fn vm_apply_##name

VM_CONCEPT(memory);   /* machine_cpu.c: memory, balloon */
VM_CONCEPT(cpu);      /* machine_cpu.c: vcpus, processor properties */
VM_CONCEPT(tune);     /* machine_tune.c: the cap of what processors may use */
VM_CONCEPT(os);       /* machine_os.c: firmware, chipset, boot order, TPM's keys */
VM_CONCEPT(ostype);   /* machine_ostype.c: guest OS type and libosinfo */
VM_CONCEPT(features); /* machine_features.c: features, clock, what happens on reboot */
VM_CONCEPT(settings); /* machine_settings.c: what libvirt has no word for */
VM_CONCEPT(storage);  /* machine_storage.c: controllers and drives */
VM_CONCEPT(nics);     /* machine_nic.c */
VM_CONCEPT(graphics); /* machine_graphics.c: remote display, window */
VM_CONCEPT(video);    /* machine_video.c */
VM_CONCEPT(sound);    /* machine_sound.c */
VM_CONCEPT(ports);    /* machine_ports.c: serial and parallel */
VM_CONCEPT(usb);      /* machine_usb.c: controllers and filters */
VM_CONCEPT(input);    /* machine_input.c */
VM_CONCEPT(folders);  /* machine_folder.c */
VM_CONCEPT(tpm);      /* machine_tpm.c */

/** machine_tune.c: what libvirt says as so much of a period (microseconds; negative: all), VirtualBox as
 * percents, rounded up; 100: no cap. */
unsigned vbox_cap_of_quota(uint64_t period, long long quota);
long long vbox_quota_of_cap(unsigned cap);
/** The period that vbox_quota_of_cap is of. */
uint64_t vbox_cap_period(void);

/* ---- Refusing ---- */

/** EB_ERR_CONFIG_UNSUPPORTED "<what> is not supported by VirtualBox 7.2.22[: why]"; `what` names the XML. */
int vm_refuse(struct vm *vm, eb_error *err, const char *what, const char *fmt, ...) EB_PRINTF(4, 5);
/** The same for what this release lacks: "… is not known to VirtualBox 3.0". */
int vm_refuse_release(struct vm *vm, eb_error *err, const char *fmt, ...) EB_PRINTF(3, 4);
/** For tables of what is refused when said: refuses `what` when `said`. */
struct vm_refusal {
    bool said;
    const char *what;
};
int vm_refuse_said(struct vm *vm, const struct vm_refusal *table, size_t n, eb_error *err);

/* ---- Tables of names ---- */

/** A constant of a VirtualBox enum and its word in XML. Several words for one constant: the first is written.
 */
struct vm_name {
    int value;
    const char *text;
};
/** NULL when the table has no such value. */
const char *vm_name_of(const struct vm_name *table, size_t n, int value);
/** 0 (the __none of every enum) when the table has no such text; letter case is free. */
int vm_value_of(const struct vm_name *table, size_t n, const char *text);
/** The words of those constants that this installation has: "a, b, c". The caller frees it. */
char *vm_names(struct vm *vm, const struct vm_name *table, size_t n, enum vb_enum_id id);
/**
 * Checks that `text` (NULL: fine) is in the table and that the installation has the constant; refuses `what`
 * by listing what it may be.
 */
int vm_check_name(struct vm *vm, const struct vm_name *table, size_t n, enum vb_enum_id id, const char *what,
                  const char *text, eb_error *err);

/* ---- Reading and changing attributes ---- */

/** Sets an attribute that is not yet `wanted`. `type`: the getter's. An expression of value 0 or -1. */
#define VM_CHANGE(type, vm, iface, attr, self, wanted, err)                                                  \
    __extension__({                                                                                          \
        type vm_is;                                                                                          \
        int vm_rc = iface##_get_##attr((vm)->vb, self, &vm_is, err);                                         \
        if (vm_rc == 0 && vm_is != (wanted))                                                                 \
            vm_rc = iface##_set_##attr((vm)->vb, self, wanted, err);                                         \
        vm_rc;                                                                                               \
    })
/** The same for a string; NULL and "" are one. */
#define VM_CHANGE_TEXT(vm, iface, attr, self, wanted, err)                                                   \
    __extension__({                                                                                          \
        char *vm_is = NULL;                                                                                  \
        int vm_rc = iface##_get_##attr((vm)->vb, self, &vm_is, err);                                         \
        if (vm_rc == 0 && !vm_same_text(vm_is, wanted))                                                      \
            vm_rc = iface##_set_##attr((vm)->vb, self, vm_text(wanted), err);                                \
        free(vm_is);                                                                                         \
        vm_rc;                                                                                               \
    })
static inline const char *vm_text(const char *text)
{
    return text ? text : "";
}
static inline bool vm_same_text(const char *a, const char *b)
{
    return strcmp(vm_text(a), vm_text(b)) == 0;
}
static inline enum eb_tristate vm_tristate(bool value)
{
    return value ? EB_YES : EB_NO;
}
/** Takes the text unless it is empty; frees it otherwise. */
char *vm_take_text(char **text);

/* ---- Extra data ---- */

/** The value of a key, borrowed; NULL when there is none. *out is valid until the key is set. */
int vm_extra(struct vm *vm, const char *key, const char **out, eb_error *err);
/** All of it, borrowed: "key=value", NULL-terminated. */
int vm_extra_all(struct vm *vm, char ***out, eb_error *err);
/**
 * Sets the key when its value differs; `value` NULL removes it. Done by vm_flush_extra, when all else went
 * well: VirtualBox saves all settings with each extra data.
 */
int vm_set_extra(struct vm *vm, const char *key, const char *value, eb_error *err);
int vm_flush_extra(struct vm *vm, eb_error *err);

/** True for a "key=value" that says what an element of the definition says: it is not listed as extra data.
 */
bool vm_is_own_extra(const char *pair);

/* ---- What several concepts need ---- */

/** Processor and virtualization properties, wherever the release keeps them. *out is left alone (and 0 given)
 * where it has none. */
bool vm_has_cpu_property(struct vm *vm, enum vb_CPUPropertyTypeX86 property);
int vm_cpu_property(struct vm *vm, enum vb_CPUPropertyTypeX86 property, bool *out, eb_error *err);
int vm_set_cpu_property(struct vm *vm, enum vb_CPUPropertyTypeX86 property, bool value, eb_error *err);
bool vm_has_hwvirt_property(struct vm *vm, enum vb_HWVirtExPropertyType property);
int vm_hwvirt_property(struct vm *vm, enum vb_HWVirtExPropertyType property, bool *out, eb_error *err);
int vm_set_hwvirt_property(struct vm *vm, enum vb_HWVirtExPropertyType property, bool value, eb_error *err);
/** IPlatform.chipsetType or IMachine.chipsetType; PIIX3 before 4.0. */
int vm_chipset(struct vm *vm, enum vb_ChipsetType *out, eb_error *err);
/** How many network adapters a chipset has. */
int vm_max_adapters(struct vm *vm, enum vb_ChipsetType chipset, uint32_t *out, eb_error *err);
/** ISystemProperties' or IPlatformProperties' counts. */
enum vm_count { VM_SERIAL_PORTS, VM_PARALLEL_PORTS, VM_BOOT_POSITIONS, VM_COUNTS };
int vm_count_of(struct vm *vm, enum vm_count what, uint32_t *out, eb_error *err);
/** The VirtualBox guest OS type for a definition (never NULL). */
int vm_choose_os_type(struct vm *vm, const struct eb_domain_def *def, char **out, eb_error *err);
/** The front end that starts the machine: "headless", "gui" … or NULL for VirtualBox's default. */
const char *vm_frontend_of(const struct eb_domain_def *def);
/** The folder of the machine's settings file. */
int vm_folder(struct vm *vm, char **out, eb_error *err);

/**
 * For a machine whose change failed. VirtualBox 7.2 keeps count wrongly of a medium that was attached and
 * then discarded ("still attached"), and dies of one that was attached, detached and discarded: so where a
 * medium was attached, what is there is saved, and the caller changes it back as any other definition. The
 * media that were opened are closed by vbox_close_leftover_media.
 */
void vm_undo_media(struct vm *vm);

#endif
