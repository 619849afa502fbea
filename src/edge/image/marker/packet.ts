/**
 * What a picture says of how it came to be: edited by generative AI. IPTC's term, https://cv.iptc.org/newscodes/digitalsourcetype/, in IPTC's
 * property (Photo Metadata Standard 2025.1), which search engines and social networks show as a label.
 */
const SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

/** An XMP packet (ISO 16684-1), UTF-8. */
export const PACKET: Uint8Array = new TextEncoder().encode(
  [
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"',
    ` Iptc4xmpExt:DigitalSourceType="${SOURCE_TYPE}"/>`,
    '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>',
  ].join(""),
);
