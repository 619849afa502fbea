{{- define "name" -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* An endpoint draws for whoever reaches it. */ -}}
{{- define "guarded" -}}
{{- if not .Values.envFromSecret }}{{ fail "a way in from outside needs envFromSecret, a Secret with ENDPOINT_KEY: the endpoint would draw for anybody" }}{{ end }}
{{- if not .Values.host }}{{ fail "a way in from outside needs host" }}{{ end }}
{{- end }}

{{- define "labels" -}}
{{ include "selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
