import { Alert, Code } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Failure } from '../core/call'
import type { Catalog } from '../core/catalog'

// Problem says why there is no call, and what to do.
export function Problem({ t, failure, detail }: { t: Catalog; failure: Failure; detail: string }) {
  const f = t.failures[failure]
  const port = location.port || (location.protocol === 'https:' ? '443' : '80')
  return (
    <Alert color="orange" variant="light" className="note" title={f.title} icon={<IconAlertTriangle size={18} />} role="alert">
      {f.text}
      {failure === 'server' && detail}
      {failure === 'insecure' && (
        <Code block mt={8}>{`ssh -N -L 8080:localhost:${port} ${location.hostname}`}</Code>
      )}
    </Alert>
  )
}
