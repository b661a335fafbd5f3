package exchange

import (
	"fmt"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"mingjing/internal/feed"
	"mingjing/internal/files"
	"mingjing/internal/ledger"
)

// BatchDocument is a JSON batch as it is sent. It is here for the OpenAPI
// document: package standard decodes.
type BatchDocument struct {
	Platform string           `json:"platform,omitempty" doc:"Platform code of the trading system; may also be the header Mingjing-Platform"`
	Records  []RecordDocument `json:"records" minItems:"1" maxItems:"1000"`
}

// RecordDocument is one record as it is sent.
type RecordDocument struct {
	Dataset  string            `json:"dataset" example:"503" doc:"Number of the data set"`
	Op       string            `json:"op" enum:"insert,update,delete" doc:"insert and update carry the whole record; delete needs no fields"`
	Key      string            `json:"key" doc:"Your key of the row; the same through all its versions"`
	Revision string            `json:"revision" example:"20260302090000" doc:"DATA_TIMESTAMP (yyyyMMddHHmmss) or a counter; the greater one is the newer version"`
	Occurred string            `json:"occurred,omitempty" format:"date-time" doc:"When the event happened"`
	Origin   string            `json:"origin,omitempty" doc:"Platform code, when it is not the batch's"`
	Fields   map[string]string `json:"fields,omitempty" doc:"Field name of the standard to value; a number is taken by its literal text"`
}

// describe writes the door's addresses into the OpenAPI document; those of
// attachments when there are limits for them.
func describe(api huma.API, limits Limits, attachments *files.Limits) {
	o := api.OpenAPI()
	schema := func(v any) *huma.Schema {
		return o.Components.Schemas.Schema(reflect.TypeOf(v), true, "")
	}
	if o.Components.SecuritySchemes == nil {
		o.Components.SecuritySchemes = map[string]*huma.SecurityScheme{}
	}
	o.Components.SecuritySchemes["signature"] = &huma.SecurityScheme{
		Type: "apiKey", In: "header", Name: "Signature",
		Description: "RFC 9421 HTTP message signature with Content-Digest (RFC 9530): ed25519, ecdsa-p256-sha256 or sm2-sm3; see /docs/exchange",
	}
	signed := []map[string][]string{{"signature": {}}}
	content := func(mime string, s *huma.Schema) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{mime: {Schema: s}}
	}
	requestID := map[string]*huma.Param{"X-Request-Id": {Schema: &huma.Schema{Type: huma.TypeString}, Description: "Id of this request; quote it when you ask for help"}}
	problem := schema(Problem{})
	responses := func(ok *huma.Schema, statuses ...int) map[string]*huma.Response {
		out := map[string]*huma.Response{"200": {Description: "OK", Headers: requestID, Content: content("application/json", ok)}}
		for _, s := range statuses {
			out[strconv.Itoa(s)] = &huma.Response{Description: statusText(s), Headers: requestID, Content: content("application/problem+json", problem)}
		}
		return out
	}
	lines := &huma.Schema{Type: huma.TypeString, Description: `One record a line, each as RecordDocument; the first line may be {"platform":"…"}`}
	xml := &huma.Schema{Type: huma.TypeString, Description: "The standard's XML envelope (TITLE, CONTEXT, SOURCE), in UTF-8 or GB18030"}
	bodies := map[string]*huma.MediaType{"application/json": {Schema: schema(BatchDocument{})}, "application/x-ndjson": {Schema: lines}}
	withXML := map[string]*huma.MediaType{"application/json": bodies["application/json"], "application/x-ndjson": bodies["application/x-ndjson"], "application/xml": {Schema: xml}}
	limitText := fmt.Sprintf("At most %d records, %d bytes as sent and %d bytes after gzip.", limits.Records, limits.Body, limits.Decompressed)
	platform := &huma.Param{Name: "Mingjing-Platform", In: "header", Schema: &huma.Schema{Type: huma.TypeString}, Description: "Platform code of the batch, when the body does not say it; must be covered by the signature"}
	encoding := &huma.Param{Name: "Content-Encoding", In: "header", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"gzip"}}}
	failures := []int{400, 401, 403, 413, 415, 429, 500, 503}
	answer := schema(BatchAnswer{})

	for _, op := range []*huma.Operation{
		{
			OperationID: "send-batch", Method: "POST", Path: "/exchange/v1/batches", Summary: "Send a batch of records 报送一批记录",
			Description: "One answer a record: accepted with a receipt, duplicate with the first receipt, or refused. Answered when durable. " + limitText,
			Parameters:  []*huma.Param{platform, encoding}, RequestBody: &huma.RequestBody{Required: true, Content: bodies},
			Responses: responses(answer, failures...), Security: signed,
		},
		{
			OperationID: "send-xml", Method: "POST", Path: "/exchange/v1/xml", Summary: "Send the standard's XML 以标准 XML 报送",
			Description: "As send-batch. " + limitText,
			Parameters:  []*huma.Param{encoding}, RequestBody: &huma.RequestBody{Required: true, Content: content("application/xml", xml)},
			Responses: responses(answer, failures...), Security: signed,
		},
		{
			OperationID: "validate-batch", Method: "POST", Path: "/exchange/v1/validate", Summary: "Check a batch without sending it 校验而不报送",
			Description: "The same code as send-batch without a trace: nothing is kept, and every rule that ran is listed. Duplicates are not looked up. " + limitText,
			Parameters:  []*huma.Param{platform, encoding}, RequestBody: &huma.RequestBody{Required: true, Content: withXML},
			Responses: responses(answer, failures...), Security: signed,
		},
		{
			OperationID: "get-receipt", Method: "GET", Path: "/exchange/v1/receipts/{position}", Summary: "A receipt with its proof 取回执与证明",
			Description: "The inclusion proof fits the checkpoint it comes with. Only your own records. 202 with Retry-After until a checkpoint covers the record.",
			Parameters:  []*huma.Param{{Name: "position", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64"}}},
			Responses:   responses(schema(ledger.Receipt{}), 401, 403, 404, 429, 500, 503), Security: signed,
		},
		{
			OperationID: "read-own-feed", Method: "GET", Path: "/exchange/v1/feed", Summary: "Feed of your own records 本系统数据流",
			Description: "What you may see of your own records, what changed and what is gone, in the order in which it came to be seen; each row once, where it changed last. As /api/v1/feed answers the holder of a token.",
			Parameters:  feedParameters(),
			Responses:   responses(schema(feed.Page{}), 401, 403, 422, 429, 500, 503), Security: signed,
		},
		{
			OperationID: "list-standards", Method: "GET", Path: "/exchange/v1/standards", Summary: "Versions of the data standard 数据标准版本",
			Responses: responses(schema(StandardList{})),
		},
		{
			OperationID: "list-datasets", Method: "GET", Path: "/exchange/v1/datasets", Summary: "Data sets and their fields 数据集与字段",
			Responses: responses(schema(DatasetList{})),
		},
	} {
		op.Tags = []string{"exchange"}
		if op.OperationID == "get-receipt" {
			op.Responses["202"] = &huma.Response{Description: "Not yet under a checkpoint", Headers: requestID, Content: content("application/json", schema(Pending{}))}
		}
		o.AddOperation(op)
	}
	describeInstructions(o, content, responses, signed)
	if attachments != nil {
		describeFiles(o, *attachments, requestID, content("application/problem+json", problem), signed)
	}
}

// describeFiles writes the addresses of attachments into the OpenAPI document.
func describeFiles(o *huma.OpenAPI, limits files.Limits, requestID map[string]*huma.Param, problem map[string]*huma.MediaType, signed []map[string][]string) {
	header := func(name, description string, required bool) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: required, Schema: &huma.Schema{Type: huma.TypeString}, Description: description}
	}
	version := header("Tus-Resumable", "1.0.0", true)
	id := &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}
	bytes := &huma.RequestBody{Content: map[string]*huma.MediaType{tusType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	answers := func(ok string, says map[string]string, statuses ...int) map[string]*huma.Response {
		headers := map[string]*huma.Param{"X-Request-Id": requestID["X-Request-Id"]}
		for name, description := range says {
			headers[name] = &huma.Param{Schema: &huma.Schema{Type: huma.TypeString}, Description: description}
		}
		out := map[string]*huma.Response{ok: {Description: "OK", Headers: headers}}
		for _, s := range append(statuses, 401, 403, 429, 500, 503) {
			out[strconv.Itoa(s)] = &huma.Response{Description: statusText(s), Headers: requestID, Content: problem}
		}
		return out
	}
	offset := map[string]string{
		"Upload-Offset": "Bytes that are durable", "Upload-Expires": "When an unfinished upload ends",
		"Mingjing-Log-Position": "Place of the file's receipt in the log; only once the file is whole",
	}
	created := map[string]string{"Location": "Address of the upload", "Upload-Expires": offset["Upload-Expires"], "Mingjing-Log-Position": offset["Mingjing-Log-Position"]}
	tus := "The tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload). "
	for _, op := range []*huma.Operation{
		{
			OperationID: "create-upload", Method: "POST", Path: filesPath, Summary: "Begin to upload an attachment 创建附件上传",
			Description: tus + fmt.Sprintf("At most %d bytes a file, %d a part; at most %d unfinished uploads a source. A body is the first part.", limits.Size, limits.Chunk, limits.Unfinished),
			Parameters: []*huma.Param{version, header("Upload-Length", "Bytes of the file", true), header("Upload-Metadata",
				"Keys with base64 values: sha256 (hex), dataset, tender, lot (several separated by ;) as in the record that names the file; platform, filename, filetype", true)},
			RequestBody: bytes, Responses: answers("201", created, 400, 413, 422),
		},
		{
			OperationID: "ask-upload", Method: "HEAD", Path: filesPath + "/{id}", Summary: "How far an upload has come 查询上传进度",
			Description: tus + "What was declared is not told again.", Parameters: []*huma.Param{id, version}, Responses: answers("200", offset, 404),
		},
		{
			OperationID: "send-part", Method: "PATCH", Path: filesPath + "/{id}", Summary: "Send the next part 上传下一段",
			Description: tus + fmt.Sprintf("A part counts whole or not at all, once its Content-Digest fits; at least %d bytes but for the last. After the last part the file has the declared SHA-256 and is in the log, or all its bytes are removed (X047).", limits.MinChunk),
			Parameters:  []*huma.Param{id, version, header("Upload-Offset", "Where the part begins: what the upload stands at", true)}, RequestBody: bytes,
			Responses: answers("204", offset, 400, 404, 409, 413, 422),
		},
		{
			OperationID: "end-upload", Method: "DELETE", Path: filesPath + "/{id}", Summary: "End an unfinished upload 取消未完成的上传",
			Description: tus + "Its bytes are removed. A file that is whole cannot be taken back.", Parameters: []*huma.Param{id, version}, Responses: answers("204", nil, 404, 409),
		},
	} {
		op.Tags, op.Security = []string{"exchange"}, signed
		o.AddOperation(op)
	}
}
