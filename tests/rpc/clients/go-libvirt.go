// SPDX-License-Identifier: LGPL-2.1-or-later

// go-libvirt, the protocol in Go (as Terraform's provider uses it): it dials libvirt-sock and sends the calls itself.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/digitalocean/go-libvirt"
)

const machine = `<domain type='vbox'><name>gopher</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='x86_64'>hvm</type></os></domain>`

func check(err error, what string) {
	if err != nil {
		fmt.Printf("%s: %v\n", what, err)
		os.Exit(1)
	}
}

func want(is bool, what string) {
	if !is {
		fmt.Println("not so: " + what)
		os.Exit(1)
	}
}

func open(uri string) *libvirt.Libvirt {
	folder := filepath.Dir(os.Getenv("EVERBOX_SOCKET"))
	conn, err := net.DialTimeout("unix", filepath.Join(folder, "libvirt-sock"), 10*time.Second)
	check(err, "dial")
	l := libvirt.New(conn)
	check(l.ConnectToURI(libvirt.ConnectURI(uri)), "connect to "+uri)
	return l
}

func machines() {
	l := open("vbox:///session")
	version, err := l.ConnectGetLibVersion()
	check(err, "version")
	want(version > 1000000, "there is a version")
	kind, err := l.ConnectGetType()
	check(err, "type")
	want(kind == "VBOX", "the type is VBOX, not "+kind)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	events, err := l.LifecycleEvents(ctx)
	check(err, "events")
	dom, err := l.DomainDefineXML(machine)
	check(err, "define")
	check(l.DomainCreate(dom), "start")
	state, _, err := l.DomainGetState(dom, 0)
	check(err, "state")
	want(state == int32(libvirt.DomainRunning), "it runs")
	domains, _, err := l.ConnectListAllDomains(1, libvirt.ConnectListDomainsActive)
	check(err, "list")
	want(len(domains) == 1 && domains[0].Name == "gopher" && domains[0].ID > 0, "it is listed with its id")
	xml, err := l.DomainGetXMLDesc(dom, 0)
	check(err, "xml")
	want(len(xml) > 100, "it has a definition")
	check(l.DomainDestroy(dom), "destroy")
	check(l.DomainUndefine(dom), "undefine")
	for _, wanted := range []libvirt.DomainEventType{libvirt.DomainEventDefined, libvirt.DomainEventStarted,
		libvirt.DomainEventStopped, libvirt.DomainEventUndefined} {
		select {
		case event := <-events:
			want(event.Dom.Name == "gopher" && event.Event == int32(wanted), fmt.Sprintf("event %d came as %d", wanted, event.Event))
		case <-time.After(30 * time.Second):
			want(false, "events come")
		}
	}
	_, err = l.DomainLookupByName("gopher")
	want(libvirt.IsNotFound(err), "it is gone")
	check(l.Disconnect(), "disconnect")
}

func testDriver() {
	l := open("test:///default")
	domains, _, err := l.ConnectListAllDomains(1, 0)
	check(err, "list")
	want(len(domains) == 1 && domains[0].Name == "test", "the test driver has its domain")
	networks, _, err := l.ConnectListAllNetworks(1, 0)
	check(err, "networks")
	want(len(networks) == 1 && networks[0].Name == "default", "and its network")
	pools, _, err := l.ConnectListAllStoragePools(1, 0)
	check(err, "pools")
	want(len(pools) == 1, "and its pool")
	check(l.Disconnect(), "disconnect")
}

func main() {
	machines()
	testDriver()
}
