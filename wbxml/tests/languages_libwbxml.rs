//! Documents of every language to and from libwbxml (Debian: libwbxml2-utils): what its encoder writes is read here, and
//! what is written here is read by its decoder, to the same content.

#![cfg(all(feature = "xml", feature = "languages"))]

mod support;

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::{env, io, thread};

use support::canonical::canonical;
use wbxml::xml::{Options, language_of};
use wbxml::{Language, Reader};

/// A name, what wbxml2xml calls the language, and the document.
const DOCUMENTS: [(&str, &str, &str); 28] = [
    (
        "si",
        "SI10",
        r#"<!DOCTYPE si PUBLIC "-//WAPFORUM//DTD SI 1.0//EN" "http://www.wapforum.org/DTD/si.dtd"><si><indication href="https://www.library.example.org/loans?u=7&amp;v=8" si-id="loan-8" created="2029-11-30T20:10:00Z" si-expires="2029-12-24T00:00:00Z" action="signal-low">Two books are due — Grüße</indication><info><item class="branch">Harbour &amp; quay</item></info></si>"#,
    ),
    (
        "sl",
        "SL10",
        r#"<!DOCTYPE sl PUBLIC "-//WAPFORUM//DTD SL 1.0//EN" "http://www.wapforum.org/DTD/sl.dtd"><sl href="http://www.timetable.example.net/tram/9" action="execute-high"/>"#,
    ),
    (
        "co",
        "CO10",
        r#"<!DOCTYPE co PUBLIC "-//WAPFORUM//DTD CO 1.0//EN" "http://www.wapforum.org/DTD/co_1.0.dtd"><co><invalidate-object uri="http://weather.example.com/today"/><invalidate-service uri="https://www.weather.example.edu/maps"/></co>"#,
    ),
    (
        "emn",
        "EMN10",
        r#"<!DOCTYPE emn PUBLIC "-//WAPFORUM//DTD EMN 1.0//EN" "http://www.wapforum.org/DTD/emn.dtd"><emn mailbox="mailat:noor@post.example.org" timestamp="2030-06-07T08:00:00Z"/>"#,
    ),
    (
        "prov",
        "PROV10",
        r#"<!DOCTYPE wap-provisioningdoc PUBLIC "-//WAPFORUM//DTD PROV 1.0//EN" "http://www.wapforum.org/DTD/prov.dtd"><wap-provisioningdoc version="1.0"><characteristic type="NAPDEF"><parm name="NAPID" value="n1"/><parm name="BEARER" value="GSM-GPRS"/><parm name="NAP-ADDRESS" value="internet.example"/><parm name="NAP-ADDRTYPE" value="APN"/></characteristic><characteristic type="APPLICATION"><parm name="APPID" value="25"/><parm name="AAUTHTYPE" value="HTTP-DIGEST"/><parm name="ADDR" value="smtp.example"/></characteristic></wap-provisioningdoc>"#,
    ),
    (
        "wml-1.0",
        "WML10",
        r#"<!DOCTYPE WML PUBLIC "-//WAPFORUM//DTD WML 1.0//EN" "http://www.wapforum.org/DTD/wml.xml"><WML><CARD NAME="a" TITLE="Old"><DO TYPE="ACCEPT" LABEL="Go"><GO URL="http://old.example.com/b"/></DO>Hello</CARD></WML>"#,
    ),
    (
        "wml-1.1",
        "WML11",
        r##"<!DOCTYPE wml PUBLIC "-//WAPFORUM//DTD WML 1.1//EN" "http://www.wapforum.org/DTD/wml_1.1.xml"><wml><template><do type="prev" label="Back"><prev/></do></template><card id="menu" title="Menu" newcontext="true"><p align="center">Choose a <b>dish</b>: <a href="#soup">soup</a></p><p><select name="d" multiple="false"><option value="1">Soup</option><option value="2" onpick="http://www.menu.example.com/2">Rice</option></select></p></card></wml>"##,
    ),
    (
        "wml-1.2",
        "WML12",
        r#"<!DOCTYPE wml PUBLIC "-//WAPFORUM//DTD WML 1.2//EN" "http://www.wapforum.org/DTD/wml12.dtd"><wml><card id="f"><p>Name: <input name="n" maxlength="20" emptyok="true" accesskey="1"/></p><do type="accept"><go href="https://shop.example.org/order" method="post" enctype="application/x-www-form-urlencoded"><postfield name="who" value="x"/></go></do></card></wml>"#,
    ),
    (
        "wml-1.3",
        "WML13",
        r#"<!DOCTYPE wml PUBLIC "-//WAPFORUM//DTD WML 1.3//EN" "http://www.wapforum.org/DTD/wml13.dtd"><wml><head><meta http-equiv="Expires" content="0" forua="true"/></head><card id="p"><timer name="t" value="50"/><p><img src="http://pics.example/i.wbmp" alt="Bridge" height="10" width="20"/><br/>The bridge</p></card></wml>"#,
    ),
    (
        "wml-1.3 with variables",
        "WML13",
        r#"<!DOCTYPE wml PUBLIC "-//WAPFORUM//DTD WML 1.3//EN" "http://www.wapforum.org/DTD/wml13.dtd"><wml><card id="p" title="$(town:noesc)"><p>From $(a:escape) to $(b:unesc) for $(n:noesc) people</p></card></wml>"#,
    ),
    (
        "wta",
        "WTA10",
        r#"<!DOCTYPE WTAI PUBLIC "-//WAPFORUM//DTD WTA 1.0//EN" "wtai.dtd"><WTAI><EVENTTABLE><EVENT NAME="wtaev-cc/cl"><URL VALUE="http://calls.example/cl"/></EVENT></EVENTTABLE></WTAI>"#,
    ),
    (
        "wta-wml",
        "WTAWML12",
        r#"<!DOCTYPE wta-wml PUBLIC "-//WAPFORUM//DTD WTA-WML 1.2//EN" "http://www.wapforum.org/DTD/wta-wml12.dtd"><wta-wml><card id="c"><onevent type="wtaev-cc/cc"><go href="wtai://wp/sd;12"/></onevent><p>Ringing</p></card></wta-wml>"#,
    ),
    (
        "channel-1.1",
        "CHANNEL11",
        r#"<!DOCTYPE channel PUBLIC "-//WAPFORUM//DTD CHANNEL 1.1//EN" "x"><channel maxspace="2048" base="http://wta.example/" EventId="e"><title>Radio</title><abstract>Station</abstract><resource href="https://wta.example/r" lastmod="5"/></channel>"#,
    ),
    (
        "channel-1.2",
        "CHANNEL12",
        r#"<!DOCTYPE channel PUBLIC "-//WAPFORUM//DTD CHANNEL 1.2//EN" "http://www.wapforum.org/DTD/channel12.dtd"><channel maxspace="4096" eventid="wtaev-pb/x" channelid="7" useraccessible="false"><title>Book</title><resource href="http://wta.example/b"/></channel>"#,
    ),
    (
        "syncml-1.0",
        "SYNCML10",
        r#"<!DOCTYPE SyncML PUBLIC "-//SYNCML//DTD SyncML 1.0//EN" "http://www.syncml.org/docs/syncml_represent_v10_20001207.dtd"><SyncML xmlns="SYNCML:SYNCML1.0"><SyncHdr><VerDTD>1.0</VerDTD><VerProto>SyncML/1.0</VerProto><SessionID>4</SessionID><MsgID>2</MsgID><Target><LocURI>./t</LocURI></Target><Source><LocURI>./s</LocURI></Source><Meta><MaxMsgSize xmlns="syncml:metinf">5000</MaxMsgSize></Meta></SyncHdr><SyncBody><Status><CmdID>1</CmdID><MsgRef>1</MsgRef><Cmd>Alert</Cmd><Data>200</Data></Status><Final/></SyncBody></SyncML>"#,
    ),
    (
        "syncml-1.1 with notes",
        "SYNCML11",
        r#"<!DOCTYPE SyncML PUBLIC "-//SYNCML//DTD SyncML 1.1//EN" "http://www.syncml.org/docs/syncml_represent_v11_20020213.dtd"><SyncML xmlns="SYNCML:SYNCML1.1"><SyncHdr><VerDTD>1.1</VerDTD></SyncHdr><SyncBody><Sync><CmdID>9</CmdID><Add><CmdID>10</CmdID><Meta><Type xmlns="syncml:metinf">text/plain</Type></Meta><Item><Source><LocURI>n1</LocURI></Source><Data>Water the ferns &amp; the fig</Data></Item></Add></Sync><Final/></SyncBody></SyncML>"#,
    ),
    (
        "syncml-1.2 with device information",
        "SYNCML12",
        r#"<!DOCTYPE SyncML PUBLIC "-//SYNCML//DTD SyncML 1.2//EN" "http://www.openmobilealliance.org/tech/DTD/OMA-TS-SyncML_RepPro_DTD-V1_2.dtd"><SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD></SyncHdr><SyncBody><Results><CmdID>3</CmdID><Meta><Type xmlns="syncml:metinf">application/vnd.syncml-devinf+wbxml</Type></Meta><Item><Source><LocURI>./devinf12</LocURI></Source><Data><DevInf xmlns="syncml:devinf"><VerDTD>1.2</VerDTD><Man>Lathe</Man><DevID>77</DevID><DevTyp>phone</DevTyp><SupportLargeObjs/></DevInf></Data></Item></Results><Final/></SyncBody></SyncML>"#,
    ),
    (
        "devinf-1.0",
        "DEVINF10",
        r#"<!DOCTYPE DevInf PUBLIC "-//SYNCML//DTD DevInf 1.0//EN" "http://www.syncml.org/docs/syncml_devinf_v10_20001207.dtd"><DevInf xmlns="syncml:devinf"><VerDTD>1.0</VerDTD><DevID>1</DevID><DevTyp>pager</DevTyp><DataStore><SourceRef>./c</SourceRef><Rx-Pref><CTType>text/calendar</CTType><VerCT>1.0</VerCT></Rx-Pref><SyncCap><SyncType>1</SyncType></SyncCap></DataStore></DevInf>"#,
    ),
    (
        "devinf-1.1",
        "DEVINF11",
        r#"<!DOCTYPE DevInf PUBLIC "-//SYNCML//DTD DevInf 1.1//EN" "http://www.syncml.org/docs/devinf_v11_20020215.dtd"><DevInf xmlns="syncml:devinf"><VerDTD>1.1</VerDTD><Mod>M</Mod><UTC/><CTCap><CTType>text/x-vcard</CTType><PropName>N</PropName><Size>40</Size></CTCap></DevInf>"#,
    ),
    (
        "devinf-1.2",
        "DEVINF12",
        r#"<!DOCTYPE DevInf PUBLIC "-//SYNCML//DTD DevInf 1.2//EN" "http://www.openmobilealliance.org/tech/DTD/OMA-SyncML-Device_Information-DTD-1.2.dtd"><DevInf xmlns="syncml:devinf"><VerDTD>1.2</VerDTD><DataStore><SourceRef>./n</SourceRef><CTCap><CTType>text/plain</CTType><VerCT>1.0</VerCT><Property><PropName>BODY</PropName><MaxOccur>1</MaxOccur><NoTruncate/></Property></CTCap></DataStore></DevInf>"#,
    ),
    (
        "dmddf",
        "DMDDF12",
        r#"<!DOCTYPE MgmtTree PUBLIC "-//OMA//DTD-DM-DDF 1.2//EN" "http://www.openmobilealliance.org/tech/DTD/dm_ddf-v1_2.dtd"><MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Man>Lathe</Man><Node><NodeName>Clock</NodeName><DFProperties><AccessType><Get/></AccessType><DFFormat><chr/></DFFormat><DFType><MIME>text/plain</MIME></DFType></DFProperties><Value>UTC</Value></Node></MgmtTree>"#,
    ),
    (
        "drmrel",
        "DRMREL10",
        r#"<!DOCTYPE o-ex:rights PUBLIC "-//OMA//DTD DRMREL 1.0//EN" "http://www.openmobilealliance.org/DTD/drmrel10.dtd"><o-ex:rights xmlns:o-ex="http://odrl.net/1.1/ODRL-EX" xmlns:o-dd="http://odrl.net/1.1/ODRL-DD" xmlns:ds="http://www.w3.org/2000/09/xmldsig#/"><o-ex:context><o-dd:version>1.0</o-dd:version></o-ex:context><o-ex:agreement><o-ex:asset><ds:KeyInfo><ds:KeyValue>Zm91cnRlZW4gYnl0ZXM=</ds:KeyValue></ds:KeyInfo></o-ex:asset><o-ex:permission><o-dd:play><o-ex:constraint><o-dd:count>3</o-dd:count></o-ex:constraint></o-dd:play></o-ex:permission></o-ex:agreement></o-ex:rights>"#,
    ),
    (
        "ota",
        "OTA",
        r#"<!DOCTYPE CHARACTERISTIC-LIST SYSTEM "characteristic-list.dtd"><CHARACTERISTIC-LIST><CHARACTERISTIC TYPE="ADDRESS"><PARM NAME="BEARER" VALUE="GPRS"/><PARM NAME="PROXY" VALUE="10.0.0.9"/><PARM NAME="PORT" VALUE="9201"/><PARM NAME="GPRS_ACCESSPOINTNAME" VALUE="web.example"/><PARM NAME="PPP_LOGINTYPE" VALUE="AUTOMATIC"/></CHARACTERISTIC><CHARACTERISTIC TYPE="NAME"><PARM NAME="NAME" VALUE="Web"/></CHARACTERISTIC></CHARACTERISTIC-LIST>"#,
    ),
    (
        "wv-csp-1.1",
        "CSP11",
        r#"<!DOCTYPE WV-CSP-Message PUBLIC "-//OMA//DTD WV-CSP 1.1//EN" "http://www.openmobilealliance.org/DTD/WV-CSP.XML"><WV-CSP-Message><Session><SessionDescriptor><SessionType>Outband</SessionType></SessionDescriptor><Transaction><TransactionDescriptor><TransactionMode>Request</TransactionMode><TransactionID>t9</TransactionID><Poll>T</Poll></TransactionDescriptor><TransactionContent><Login-Request><UserID>wv:kim@im.example</UserID><TimeToLive>300</TimeToLive></Login-Request></TransactionContent></Transaction></Session></WV-CSP-Message>"#,
    ),
    (
        "wv-csp-1.1 with a number of nothing",
        "CSP11",
        r#"<!DOCTYPE WV-CSP-Message PUBLIC "-//OMA//DTD WV-CSP 1.1//EN" "http://www.openmobilealliance.org/DTD/WV-CSP.XML"><WV-CSP-Message><Session><Transaction><TransactionContent><Status><Result><Code>200</Code></Result></Status><MessageCount>0</MessageCount></TransactionContent></Transaction></Session></WV-CSP-Message>"#,
    ),
    (
        "wv-csp-1.2",
        "CSP12",
        r#"<!DOCTYPE WV-CSP-Message PUBLIC "-//OMA//DTD WV-CSP 1.2//EN" "http://www.openmobilealliance.org/DTD/WV-CSP.DTD"><WV-CSP-Message><Session><SessionDescriptor><SessionType>Inband</SessionType></SessionDescriptor><Transaction><TransactionContent><WatcherStatus>F</WatcherStatus></TransactionContent></Transaction></Session></WV-CSP-Message>"#,
    ),
    (
        "conml",
        "CONML",
        r#"<!DOCTYPE ConML PUBLIC "-//CONML//DTD ConML//EN" "http://www.nokia.com/"><ConML><Execute><ListInstalledApps><Drives>C</Drives></ListInstalledApps></Execute></ConML>"#,
    ),
    (
        "activesync",
        "ACTIVESYNC",
        r#"<!DOCTYPE FolderSync PUBLIC "-//MICROSOFT//DTD ActiveSync//EN" "http://www.microsoft.com/"><FolderSync xmlns="FolderHierarchy:"><SyncKey>0</SyncKey></FolderSync>"#,
    ),
];

/// What xml2wbxml gets wrong, whether with a string table too, and why.
const ENCODER_FAULTS: [(&str, bool, &str); 2] = [
    (
        "wml-1.0",
        false,
        "its table for 1.0 is that of later versions: it has no names in capitals, and so needs the string table",
    ),
    ("drmrel", true, "its parser drops the prefixes, so that it finds no tag and writes names without them"),
];

/// What wbxml2xml gets wrong, and why.
const DECODER_FAULTS: [(&str, &str); 2] = [
    (
        "wml-1.0",
        "its table for 1.0 is that of later versions: names come out in small letters, some as others",
    ),
    ("syncml-1.2 with device information", "it changes the text of Type from +wbxml to +xml"),
];

#[test]
fn what_its_encoder_writes_is_read_to_the_same_content() {
    for options in [&[][..], &["-n"], &["-v", "1.1"]] {
        let mut faults = Vec::new();
        for (name, _, xml) in DOCUMENTS {
            let arguments = [options, &["-k", "-o", "-", "-"]].concat();
            let Some(bytes) = run("xml2wbxml", &arguments, xml.as_bytes()) else { return };
            let same = bytes.and_then(|bytes| {
                let named = Reader::new(&bytes).header().map_err(|fault| fault.to_string())?.language();
                let language = named.unwrap_or_else(|| language(xml));
                let xml = Options::new().language(language).to_xml(&bytes);
                xml.map_err(|fault| fault.to_string())
            });
            check(name, xml, same, &mut faults);
        }
        let expected = ENCODER_FAULTS.iter().filter(|(_, always, _)| *always || options.contains(&"-n"));
        let expected: Vec<_> = expected.map(|(name, ..)| *name).collect();
        let found: Vec<_> = faults.iter().map(|(name, _)| *name).collect();
        assert_eq!(found, expected, "{options:?} {faults:#?}");
    }
}

#[test]
fn what_is_written_here_its_decoder_reads_to_the_same_content() {
    let mut faults = Vec::new();
    for (name, forced, xml) in DOCUMENTS {
        let bytes = Options::new().language(language(xml)).from_xml(xml);
        let bytes = bytes.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let Some(output) = run("wbxml2xml", &["-m", "0", "-k", "-l", forced, "-o", "-", "-"], &bytes) else {
            return;
        };
        let same = output.and_then(|output| String::from_utf8(output).map_err(|fault| fault.to_string()));
        check(name, xml, same, &mut faults);
    }
    assert_eq!(
        faults.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        DECODER_FAULTS.map(|(name, _)| name),
        "{faults:#?}"
    );
}

/// Keeps the name of a document that does not say the same any more, and what it says.
fn check<'n>(name: &'n str, xml: &str, found: Result<String, String>, faults: &mut Vec<(&'n str, String)>) {
    match found {
        Ok(found) if comparable(&found) == comparable(xml) => {}
        Ok(found) => faults.push((name, found)),
        Err(fault) => faults.push((name, fault)),
    }
}

/// It ends the namespaces of ActiveSync in a colon.
fn comparable(xml: &str) -> Vec<String> {
    canonical(xml).into_iter().map(|line| line.replace(":}", "}")).collect()
}

fn language(xml: &str) -> &'static Language {
    language_of(xml).unwrap_or(&wbxml::ACTIVESYNC)
}

/// What the program writes for an input; nothing where there is no such program, which fails if CI is set.
fn run(program: &str, arguments: &[&str], input: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {
            let ci = env::var_os("CI").is_some_and(|ci| !ci.is_empty());
            assert!(!ci, "CI is set, but {program} is missing (Debian: apt-get install libwbxml2-utils)");
            let test = thread::current().name().unwrap_or("a test").to_owned();
            let _ =
                writeln!(io::stderr(), "\nSKIPPED {test}, which needs {program} (Debian: libwbxml2-utils)");
            return None;
        }
        other => other.expect("the program starts"),
    };
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let output = thread::scope(|scope| {
        // It may end without reading its input.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("the program ends")
    });
    if output.status.success() && !output.stdout.is_empty() {
        return Some(Ok(output.stdout));
    }
    Some(Err(String::from_utf8_lossy(&output.stderr).into_owned()))
}
