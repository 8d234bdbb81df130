from common.process import main
from notification.service import SERVICE

main(SERVICE)
