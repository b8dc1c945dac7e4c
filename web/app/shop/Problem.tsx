import { Alert, Button, Code, CopyButton } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Catalog } from '../core/catalog'
import type { Failure } from '../core/failure'

// Problem says why there is no call, and what to do.
export function Problem({ t, failure, detail }: { t: Catalog; failure: Failure; detail: string }) {
  const f = t.failures[failure]
  const port = location.port || (location.protocol === 'https:' ? '443' : '80')
  const command = `ssh -N -L 8080:localhost:${port} ${location.hostname}`
  return (
    <Alert color="orange" variant="light" className="note" title={f.title} icon={<IconAlertTriangle size={18} />} role="alert">
      {f.text}
      {failure === 'server' && detail}
      {failure === 'insecure' && (
        <div className="command">
          <Code block tabIndex={0}>{command}</Code>
          <CopyButton value={command}>
            {({ copied, copy }) => (
              <Button size="compact-xs" variant="default" onClick={copy}>
                {copied ? t.copied : t.copy}
              </Button>
            )}
          </CopyButton>
        </div>
      )}
    </Alert>
  )
}
